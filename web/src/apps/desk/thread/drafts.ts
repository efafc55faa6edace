/** What was written and not sent: one draft a conversation and mode, kept on the device, gone on sign-out. */

export type Mode = 'reply' | 'note';

const PREFIX = 'visavis.draft.';
const name = (conversation: string, mode: Mode) => `${PREFIX}${conversation}.${mode}`;

export function draft(conversation: string, mode: Mode): string {
  try {
    return localStorage.getItem(name(conversation, mode)) ?? '';
  } catch {
    return ''; // storage is forbidden: drafts live as long as the page
  }
}

export function keepDraft(conversation: string, mode: Mode, text: string): void {
  try {
    if (text) localStorage.setItem(name(conversation, mode), text);
    else localStorage.removeItem(name(conversation, mode));
  } catch {
    // as above
  }
}

/** Whether something is waiting to be finished, in any mode. */
export const hasDraft = (conversation: string): boolean =>
  Boolean(draft(conversation, 'reply').trim() || draft(conversation, 'note').trim());

export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    }
  } catch {
    // nothing was kept
  }
}
