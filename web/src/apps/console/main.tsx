/** The console: supervision, operations, knowledge, administration. */
import { load, t } from '../../locales/console';
import { meet } from '../session';
import { start } from '../start';
import { Console } from './Console';

void start({ base: '/console', load, App: Console, title: () => t('title'), first: meet });
