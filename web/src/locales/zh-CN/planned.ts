/** 定时消息的词条。 */
export default {
  'planned.title': '定时发送',
  'planned.edit': '修改定时消息',
  'planned.text': '到时以您的名义发送；发送前按当时的规则审核，您离岗或连接解除时自动停止。',
  'planned.words': '内容',
  'planned.set': '定时发送',
  'planned.save': '保存',
  'planned.done': '将于 {when} 发送',
  'planned.at': '{when} 发送：{text}',
  'planned.refused': '{when} 未发送：{text}',
  'planned.card': '产品或资料卡片',
  'planned.change': '修改',
  'planned.withdraw': '取消发送',
  'planned.discard': '删除',
  'planned.withdrawn': '已取消发送',
  'planned.wrong': '请选择未来三个月内的时间。',
};
