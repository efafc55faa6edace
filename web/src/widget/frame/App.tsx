/** The client's side: head, the screen of the moment. */
import { useEffect } from 'react';
import { useChanges } from '../../chat/hooks';
import { language } from '../../core/i18n';
import { t, widen } from '../../locales/widget';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/Icon';
import { iGlobe, iLeft, iMin, iVerified } from '../../ui/icons';
import { type Client, isLive } from './client';
import css from './frame.module.css';
import { Home } from './Home';
import { later } from './later';
import { IconPress, roleName, Verify } from './parts';

const conversation = () =>
  Promise.all([import('./Conversation'), widen()]).then(([part]) => part.Conversation);
const Conversation = later<{ client: Client }>(conversation);
const Suitability = later<{ client: Client }>(() =>
  import('./suit/Suitability').then((part) => part.Suitability),
);
const Complaint = later<{ client: Client }>(() =>
  import('./Complaint').then((part) => part.Complaint),
);
const Night = later<{ client: Client }>(() =>
  Promise.all([import('./Night'), widen()]).then(([part]) => part.Night),
);

export interface AppProps {
  client: Client;
  /** Hides the panel; absent on the full-screen page. */
  onClose?: () => void;
  onSpeak: (language: 'zh-CN' | 'en') => void;
}

export function App({ client, onClose, onSpeak }: AppProps) {
  useChanges(client.live.store);
  // The next screen is fetched while the first one is read.
  useEffect(() => {
    void conversation().catch(() => undefined);
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc hides the panel wherever the focus is
    <div
      className={css.app}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose?.();
      }}
    >
      <Head client={client} onClose={onClose} onSpeak={onSpeak} />
      {client.real && !client.me.demo ? null : (
        <p className={css.environment}>{t(client.real ? 'demo' : 'simulated')}</p>
      )}
      <main className={css.main}>
        {client.view === 'conversation' ? (
          <Conversation key={client.conversation} client={client} />
        ) : client.view === 'night' ? (
          <Night client={client} />
        ) : client.view === 'suit' ? (
          <Suitability client={client} />
        ) : client.view === 'complaint' ? (
          <Complaint client={client} />
        ) : (
          <Home client={client} />
        )}
      </main>
    </div>
  );
}

function Head({ client, onClose, onSpeak }: AppProps) {
  const other = language() === 'en' ? 'zh-CN' : 'en';
  const close = onClose ? <IconPress icon={iMin} label={t('close')} onPress={onClose} /> : null;
  if (client.view !== 'home') {
    return (
      <header className={css.top}>
        <IconPress icon={iLeft} label={t('back')} onPress={() => client.back()} />
        {client.view === 'conversation' ? (
          <Across client={client} />
        ) : (
          <b className={css.grow}>{client.firm}</b>
        )}
        {close}
      </header>
    );
  }
  return (
    <header className={css.top}>
      <span className={css.firmSeal} aria-hidden="true">
        {[...client.firm][0]}
      </span>
      <b className={css.grow}>{client.firm}</b>
      <button type="button" className={css.speak} lang={other} onClick={() => onSpeak(other)}>
        <Icon of={iGlobe} />
        {other === 'en' ? 'English' : '中文'}
      </button>
      {close}
    </header>
  );
}

/** The verified header: it never collapses while the conversation scrolls. */
function Across({ client }: { client: Client }) {
  const handler = client.header?.handler ?? null;
  const former = client.former;
  if (client.with === 'assistant' && !handler) {
    return (
      <div className={css.across}>
        <Avatar name={t('assistant.name')} machine />
        <div className={css.whoText}>
          <h1 className={css.acrossName}>{t('assistant.name')}</h1>
          <p className={css.acrossLine}>{t('assistant.line')}</p>
        </div>
      </div>
    );
  }
  if (former) {
    return (
      <div className={css.across}>
        <Avatar name={former} />
        <div className={css.whoText}>
          <h1 className={css.acrossName}>{former}</h1>
          <p className={css.acrossLine}>{t('gone.text')}</p>
        </div>
      </div>
    );
  }
  const sought =
    isLive(client.request) && !['waiting', 'held'].includes(client.request?.state ?? '');
  const person = handler ?? (sought ? null : client.home?.advisor) ?? null;
  if (!person) {
    return (
      <div className={css.across}>
        <div className={css.whoText}>
          <h1 className={css.acrossName}>{client.firm}</h1>
          <p className={css.acrossLine}>{t('chat.advisor.none')}</p>
        </div>
      </div>
    );
  }
  return (
    <div className={css.across}>
      <Avatar name={person.name} photo={person.photo} />
      <div className={css.whoText}>
        <h1 className={css.acrossName}>
          {person.name}
          {person.code && client.real ? (
            <span className={css.shield}>
              <Icon of={iVerified} size={16} />
              <span className="visually-hidden">{t('verified')}</span>
            </span>
          ) : null}
        </h1>
        <p className={css.acrossLine}>
          <span>
            {client.firm} · {roleName(person.role)}
          </span>
          {person.code ? <span className={css.code}>{person.code}</span> : null}
        </p>
      </div>
      <Verify person={person} />
    </div>
  );
}
