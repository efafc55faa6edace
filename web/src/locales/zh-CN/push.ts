/** Words of notices on the advisor's device: never those of a message, never a client's name. */
export default {
  'offer.title': '新派单',
  'offer.text': '一位客户在等，打开看看是否接单。',
  'message.title': '客户来消息了',
  'message.text': '打开工作台查看。',
  'connection.title': '客户名单有变化',
  'connection.text': '公司更新了您服务的客户。',
  'duty.title': '有客户等了很久',
  'duty.text': '眼下没有人能接，您若方便，请打开工作台。',
  'review.title': '复核超时',
  'review.text': '有事项或工单已超过时限，或有扣留消息逾期未审，请打开合规复核。',
  'capture.title': '通信留痕中断',
  'capture.text': '恢复之前员工无法发送消息，请打开档案的运行状态页。',
  'slot.title': '预约时间到了',
  'slot.text': '一位客户约了现在和您联系。',
};
