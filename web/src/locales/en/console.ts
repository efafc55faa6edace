/** Words of the console: supervision, operations, knowledge, administration. */
import type zh from '../zh-CN/console';

export default {
  title: 'Console',
  'nav.board': 'Board',
  'nav.funnel': 'Funnel',
  'nav.search': 'Search',
  'nav.staff': 'Staff',
  'nav.knowledge': 'Library',
  'board.empty.title': 'Nobody is waiting',
  'board.empty.text': 'When clients wait, branches and topics are listed here.',
} satisfies Record<keyof typeof zh, string>;
