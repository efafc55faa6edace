/** 客户投诉与举报页的文案。 */
export default {
  title: '投诉与举报',
  text: '由与您的服务人员无关的独立人员处理，您的服务人员不会看到。',
  about: '类别',
  'category.complaint': '投诉',
  'category.fraud': '疑似诈骗或违规',
  'category.credentials': '有人索要密码或验证码',
  'category.distress': '求助',
  'category.other': '其他',
  words: '请您说明发生了什么',
  send: '提交',
  sent: '已收到，我们会尽快答复您。',
  'state.open': '待受理',
  'state.taken': '处理中',
  'state.closed': '已答复',
  answer: '答复：',
};
