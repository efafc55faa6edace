/** The advisor's desk. */
import { load, t } from '../../locales/desk';
import { start } from '../start';
import { Desk } from './Desk';
import { begin } from './data';

void start({ base: '/desk', load, App: Desk, title: () => t('title'), first: begin });
