/** The console: supervision, operations, knowledge, administration. */
import { load, t } from '../../locales/console';
import { start } from '../start';
import { begin, Console } from './Console';

void start({ base: '/console', load, App: Console, title: () => t('title'), first: begin });
