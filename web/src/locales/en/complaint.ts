/** Words of the client's complaints and reports. */
import type zh from '../zh-CN/complaint';

export default {
  title: 'Complaints and reports',
  text: 'Somebody independent of the people who serve you handles this. They do not see it.',
  about: 'About',
  'category.complaint': 'Complaint',
  'category.fraud': 'Possible fraud or misconduct',
  'category.credentials': 'Somebody asked for a password or code',
  'category.distress': 'Call for help',
  'category.other': 'Other',
  words: 'Please tell us what happened',
  send: 'Submit',
  sent: 'Received. We answer as soon as we can.',
  'state.open': 'received',
  'state.taken': 'being handled',
  'state.closed': 'answered',
  answer: 'Answer:',
} satisfies Record<keyof typeof zh, string>;
