/** Words of messages for later. */
import type zh from '../zh-CN/planned';

export default {
  'planned.title': 'Send later',
  'planned.edit': 'Change the message',
  'planned.text':
    'It goes in your name and is checked by the rules of that moment; if you leave or the connection ends, it stops.',
  'planned.words': 'Message',
  'planned.set': 'Send then',
  'planned.save': 'Save',
  'planned.done': 'Will be sent {when}',
  'planned.at': 'Goes {when}: {text}',
  'planned.refused': 'Not sent {when}: {text}',
  'planned.card': 'a card',
  'planned.change': 'Change',
  'planned.withdraw': 'Do not send',
  'planned.discard': 'Delete',
  'planned.withdrawn': 'It will not be sent',
  'planned.wrong': 'Please choose a moment within the next three months.',
} satisfies Record<keyof typeof zh, string>;
