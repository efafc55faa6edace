/** 公司在首页上告知客户的事项：个人信息安全事件、更换顾问。 */
export default {
  'breach.title': '关于您个人信息安全的通知',
  'breach.day': '{day}，请阅读',
  title: '您的顾问将有变动',
  text: '自 {day} 起，拟由{name}接替{former}为您服务。您可以同意、另选，或要求不变。',
  agree: '同意',
  other: '另选一位',
  stay: '仍由{name}服务',
  'wish.agreed': '您已同意由{name}接替',
  'wish.chosen': '您已选择{name}',
  'wish.refused': '您已要求不变',
};
