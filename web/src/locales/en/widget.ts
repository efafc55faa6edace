/** Words of the client's side. */
import type zh from '../zh-CN/widget';

export default {
  title: 'Advisor online',
} satisfies Record<keyof typeof zh, string>;
