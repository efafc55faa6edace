/** Words of the console: supervision, operations, knowledge, administration. */
export default {
  title: '控制台',
  'nav.board': '看板',
  'nav.funnel': '漏斗',
  'nav.search': '检索',
  'nav.staff': '人员',
  'nav.knowledge': '知识',
  'board.empty.title': '现在没有等待',
  'board.empty.text': '有客户在等时，分支与主题列在这里。',
};
