/**
 * What was written and not sent: one draft a person, conversation and mode, kept on the device, gone on sign-out. Whoever
 * comes after somebody else who did not sign out finds nothing of his.
 */

export type Mode = 'reply' | 'note';

const PREFIX = 'visavis.drafts.';
/** Drafts of earlier versions say not whose they are: nobody gets them. */
const NOBODYS = 'visavis.draft.';
const name = (person: string, conversation: string, mode: Mode) =>
  `${PREFIX}${person}.${conversation}.${mode}`;

export function draft(person: string, conversation: string, mode: Mode): string {
  try {
    return localStorage.getItem(name(person, conversation, mode)) ?? '';
  } catch {
    return ''; // storage is forbidden: drafts live as long as the page
  }
}

export function keepDraft(person: string, conversation: string, mode: Mode, text: string): void {
  try {
    if (text) localStorage.setItem(name(person, conversation, mode), text);
    else localStorage.removeItem(name(person, conversation, mode));
  } catch {
    // as above
  }
}

/** Whether something of this person is waiting to be finished, in any mode. */
export const hasDraft = (person: string, conversation: string): boolean =>
  Boolean(
    draft(person, conversation, 'reply').trim() || draft(person, conversation, 'note').trim(),
  );

/** Sign-out: nothing of anybody stays on the device. */
export const forgetDrafts = (): void => drop(PREFIX);

/** When the desk begins. */
export const dropNobodys = (): void => drop(NOBODYS);

function drop(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) localStorage.removeItem(key);
    }
  } catch {
    // nothing was kept
  }
}
