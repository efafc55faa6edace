/** The page of those who only refer clients. */
import type zh from '../zh-CN/referrals';

export default {
  'referrals.intro':
    'Give a client your code. Who enters it is counted here, once, and is served by the firm. You see that somebody came, never who, and nothing of what is said or held.',
  'referrals.codes': 'My codes',
  'referrals.label': 'Note for yourself',
  'referrals.label.hint': 'Such as: branch counter',
  'referrals.make': 'Make a code',
  'referrals.copy': 'Copy {code}',
  'referrals.copied': '{code} is copied',
  'referrals.copy.failed': 'This browser does not allow copying',
  'referrals.came': '{n, plural, one{# came} other{# came}}',
  'referrals.connected': '{n} served',
  'referrals.made': 'made on {date}',
  'referrals.none': 'No code yet',
  'referrals.none.text': 'Make one and hand it out: on paper, by message, at the counter.',
  'referrals.ledger': 'Who came',
  'referrals.ledger.text': 'Each line is kept for good: neither you nor the firm can change it.',
  'referrals.when': 'When',
  'referrals.code': 'Code',
  'referrals.state': 'State',
  'referrals.state.referred': 'Came',
  'referrals.state.connected': 'Served by an advisor',
  'referrals.empty': 'Nobody has come yet',
  'referrals.empty.text': 'As soon as a client enters one of your codes, a line appears here.',
} satisfies Record<keyof typeof zh, string>;
