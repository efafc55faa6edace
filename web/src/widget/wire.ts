/** What launcher and frame say to each other over their private channel. Plain data, checked by its `t`. */

export interface PageContext {
  url: string;
  title: string;
  product?: string;
}

export interface Boot {
  /** A signed identity from the page's own server, or null for a visitor. */
  token: string | null;
  /** The page has a server that signs identities, and it could not be asked. */
  failed?: boolean;
  language: string | null;
  context: PageContext | null;
}

export type ToFrame =
  | ({ t: 'boot' } & Boot)
  | { t: 'update'; context: PageContext | null; language: string | null }
  | { t: 'identity'; token: string | null }
  | { t: 'shown'; open: boolean }
  | { t: 'shutdown' };

export type ToLauncher =
  | { t: 'ready' }
  | { t: 'close' }
  | { t: 'unread'; count: number }
  /** The session has ended: a fresh identity is needed. */
  | { t: 'identify' }
  | { t: 'bye' };

/** The first message, which carries the port. */
export const HELLO = 'visavis:1';
