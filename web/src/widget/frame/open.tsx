/** Starts the client's side: look, language, session; then the application, on a broker's page or on its own. */
import { type ComponentChild, render } from 'preact';
import { ApiError, http } from '../../core/http';
import { install, type Language, language, nearest } from '../../core/i18n';
import { chooseLanguage, chosenLanguage, followSystem } from '../../core/prefs';
import type { Me } from '../../core/protocol';
import { load, t } from '../../locales/widget';
import '../../tokens/tokens.css';
import '../../tokens/base.css';
import type { Boot } from '../wire';
import { App } from './App';
import { Client } from './client';
import { Failure, Skeleton } from './Failure';
import { listen, tell } from './port';
import { forget, identify, onEnded, resume, visit } from './session';

export type Place = 'frame' | 'page';

const root = document.getElementById('root') as HTMLElement;
const draw = (what: unknown): void => render(what as ComponentChild, root);
let client: Client | null = null;
let place: Place = 'frame';
/** The conversation that was open when the session ended. */
let left = '';
/** The identity that the page gave last; each is good once. */
let last: Boot = { token: null, language: null, context: null };

async function speak(wanted: Language): Promise<void> {
  install(wanted, ...(await load(wanted)));
  document.documentElement.lang = wanted;
  document.title = t('title');
}

const given = (): string | null => new URLSearchParams(location.search).get('lang');

function show(): void {
  if (!client) return;
  draw(
    <App
      key={language()}
      client={client}
      onClose={place === 'frame' ? () => tell({ t: 'close' }) : undefined}
      onSpeak={(next) => {
        chooseLanguage(next);
        void speak(next).then(() => {
          show();
          void client?.respeak().catch(() => undefined);
        });
      }}
    />,
  );
}

function fail(error: unknown, retry: () => void): void {
  const problem = error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
  draw(
    <Failure
      problem={problem}
      onRetry={retry}
      onClose={place === 'frame' ? () => tell({ t: 'close' }) : undefined}
    />,
  );
}

async function begin(boot: Boot, who: () => Promise<Me>, reopen = ''): Promise<void> {
  last = boot;
  client?.live.stop();
  draw(<Skeleton />);
  try {
    const [me, firm] = await Promise.all([
      who(),
      http().get<{ firm: Me['firm'] }>('/api/public/firm'),
    ]);
    client = new Client(me, firm.firm);
    client.context = boot.context;
    await client.start();
    if (reopen && client.view === 'home') await client.show(reopen).catch(() => undefined);
    show();
  } catch (error) {
    fail(error, () => {
      if (place === 'frame') tell({ t: 'ready' });
      else void begin(last, () => onPage(null));
    });
  }
}

/** On a broker's page: the launcher brings identity, language and what the page is about. */
function onBrokersPage(): void {
  listen((message) => {
    if (message.t === 'boot') {
      if (message.failed) {
        fail(new ApiError(0, 'identity', ''), () => tell({ t: 'ready' }));
        return;
      }
      const { token } = message;
      void begin(message, () => (token ? identify(token) : visit()));
    } else if (message.t === 'update') {
      last = { ...last, context: message.context };
      client?.setContext(message.context);
    } else if (message.t === 'shown') client?.setShown(message.open);
    else if (message.t === 'identity') {
      const { token } = message;
      void begin({ ...last, token }, () => (token ? identify(token) : visit()), left);
    } else if (message.t === 'shutdown') {
      client?.live.wipe();
      forget();
      tell({ t: 'bye' });
    }
  });
  onEnded(() => {
    // The page is asked for a fresh identity, once: what comes then is a new client, or a failure that is shown.
    if (!client) return;
    left = (client.view === 'conversation' && client.conversation) || '';
    client.live.stop();
    client = null;
    tell({ t: 'identify' });
  });
}

/** Alone: the identity comes in the fragment of the address, once, and goes from the address at once. */
async function onPage(token: string | null): Promise<Me> {
  if (token) return identify(token);
  return (await resume()) ?? visit();
}

export async function open(where: Place): Promise<void> {
  place = where;
  if (place === 'frame') onBrokersPage();
  followSystem();
  const asked = given();
  await speak(asked ? nearest([asked]) : chosenLanguage());
  document.documentElement.dataset.place = place;
  if (place === 'frame') {
    if (!client) draw(<Skeleton />);
    return;
  }
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname + location.search);
  onEnded(() => fail(new ApiError(401, 'signed_out', ''), () => location.reload()));
  await begin({ token: null, language: asked, context: null }, () => onPage(token));
}
