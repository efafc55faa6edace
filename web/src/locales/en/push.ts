/** Words of notices on the advisor's device: never those of a message, never a client's name. */
export default {
  'offer.title': 'New offer',
  'offer.text': 'A client waits. Open it to see whether you can accept.',
  'message.title': 'A client has written',
  'message.text': 'Open the desk to read it.',
  'connection.title': 'Your clients have changed',
  'connection.text': 'The firm has updated whom you serve.',
  'duty.title': 'A client has been waiting',
  'duty.text': 'Nobody who may help is free. Open the desk if you can take over.',
  'review.title': 'Review waits too long',
  'review.text':
    'Something is overdue, or a held message passed its deadline unjudged. Open the review room.',
  'capture.title': 'Messages are not being recorded',
  'capture.text': 'Staff cannot send until the record works again. Open the archive’s health page.',
  'slot.title': 'An appointment is due',
  'slot.text': 'A client has booked this time with you.',
};
