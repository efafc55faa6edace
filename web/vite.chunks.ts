/**
 * Which scripts the staff applications arrive in. Left alone, the bundler makes one of every module that two pages share:
 * dozens of a kilobyte each, and a line with a long way takes them one after the other.
 */
import type { Rolldown } from 'vite';

const within = (...paths: string[]) => new RegExp(`/src/(${paths.join('|')})\\.tsx?$`);

const basic = within('apps/(Shell|session|start|part)', 'ui/(Boundary|index)', 'core/format');

export const chunks: Rolldown.CodeSplittingOptions = {
  // In this order: what an earlier one has taken, with all that it imports, is no longer a later one's.
  groups: [
    // Runs first and alone; stays small.
    {
      name: 'first',
      test: within('core/(early|prefs|i18n)', 'locales/(common|chat|desk|console)'),
    },
    { name: 'words', test: within('locales/zh-CN/(common|chat)') },
    { name: 'words-en', test: within('locales/en/(common|chat)') },
    // What both applications draw their first picture with.
    {
      name: 'base',
      test: (id: string) => basic.test(id) || /@tanstack\/.*[mM]utation/.test(id),
    },
    // What most pages of the console are made of.
    { name: 'lists', test: within('apps/console/listing', 'ui/(Select|Pager|DataTable|figures)') },
  ].map((group, index, all) => ({ ...group, priority: all.length - index })),
};
