/** Words of the advisor's desk. */
export default {
  title: '工作台',
  'nav.conversations': '会话',
  'nav.pool': '抢单池',
  'nav.clients': '客户',
  'nav.knowledge': '知识',
  'conversations.empty.title': '还没有会话',
  'conversations.empty.text': '接单或问候一位客户后，会话出现在这里。',
};
