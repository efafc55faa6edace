/** Words of the advisor's desk. */
import type zh from '../zh-CN/desk';

export default {
  title: 'Desk',
  'nav.conversations': 'Chats',
  'nav.pool': 'Pool',
  'nav.clients': 'Clients',
  'nav.knowledge': 'Library',
  'conversations.empty.title': 'No conversations yet',
  'conversations.empty.text': 'Accept an offer or greet a client, and it appears here.',
} satisfies Record<keyof typeof zh, string>;
