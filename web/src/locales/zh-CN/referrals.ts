/** 合作机构工作人员的页面。 */

export default {
  'referrals.intro':
    '把您的推荐码告诉客户。客户填写后在这里计一次，由公司的投顾服务。您只看到有人来过，看不到是谁，也看不到他说了什么、持有什么。',
  'referrals.codes': '我的推荐码',
  'referrals.label': '给自己的备注',
  'referrals.label.hint': '例如：网点大厅',
  'referrals.make': '生成推荐码',
  'referrals.copy': '复制 {code}',
  'referrals.copied': '已复制 {code}',
  'referrals.copy.failed': '这个浏览器不允许复制',
  'referrals.came': '来过 {n} 位',
  'referrals.connected': '已服务 {n} 位',
  'referrals.made': '{date} 生成',
  'referrals.none': '还没有推荐码',
  'referrals.none.text': '生成一个，通过纸面、消息或柜台告诉客户。',
  'referrals.ledger': '推荐记录',
  'referrals.ledger.text': '每一条都长期保存，您和公司都不能改动。',
  'referrals.when': '时间',
  'referrals.code': '推荐码',
  'referrals.state': '状态',
  'referrals.state.referred': '已填写',
  'referrals.state.connected': '投顾已服务',
  'referrals.empty': '还没有人来',
  'referrals.empty.text': '客户填写您的推荐码后，这里会出现一条记录。',
};
