/** What the firm tells a client on the first page: a breach of personal information, a change of advisor. */
import type zh from '../zh-CN/news';

export default {
  'breach.title': 'About the safety of your personal information',
  'breach.day': 'Notice of {day}, please read it',
  title: 'Your advisor is to change',
  text: 'From {day} on, {name} is to serve you instead of {former}. You may agree, choose somebody else, or stay.',
  agree: 'Agree',
  other: 'Choose another',
  stay: 'Stay with {name}',
  'wish.agreed': 'You agreed: {name} will serve you',
  'wish.chosen': 'You chose {name}',
  'wish.refused': 'You wish to stay',
} satisfies Record<keyof typeof zh, string>;
