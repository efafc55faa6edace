/** The first screen: whom I can ask, about what, and that it is recorded. */
import { useState } from 'react';
import { ago } from '../../core/format';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iBot, iChat, iClock, iPeople, iRec, iRight, iX } from '../../ui/icons';
import { type Client, isLive } from './client';
import css from './frame.module.css';
import { later } from './later';
import type { Notice as NoticeOf } from './Notice';
import { PresenceWord, Press, Refusal, replyLine, Verify, Who } from './parts';

const Notice = later<Parameters<typeof NoticeOf>[0]>(() =>
  import('./Notice').then((one) => one.Notice),
);
const news = () => import('./News');
const Breach = later<{ client: Client }>(() => news().then((one) => one.Breach));
const Handover = later<{ client: Client }>(() => news().then((one) => one.Handover));

export function Home({ client }: { client: Client }) {
  const { home } = client;
  // What waits for the notice to be acknowledged.
  const [wanted, setWanted] = useState<(() => Promise<unknown>) | null>(null);
  const [busy, setBusy] = useState(false);
  if (!home) return null;
  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    await client.attempt(act);
    setBusy(false);
  };
  /** Does it at once, or after the notice was read. */
  const first = (act: () => Promise<unknown>) => {
    if (client.noticed) void run(act);
    else setWanted(() => act);
  };
  const { advisor } = home;
  const person = () => {
    if (home.hours.open) first(() => client.ask('person'));
    else client.go('night');
  };
  const idea = (key: 'idea.1' | 'idea.2' | 'idea.3') =>
    first(async () => {
      await client.ask('assistant');
      await client.say({ text: t(key) });
    });
  const reply = advisor ? replyLine(advisor) : null;
  return (
    <>
      <div className={css.scroll}>
        {home.breach ? <Breach client={client} /> : null}
        <section className={css.card}>
          {home.visitor ? (
            <>
              <h2 className={css.lead}>{t('home.visitor.title')}</h2>
              <p className={css.soft}>{t('home.visitor.text')}</p>
              <p className={css.soft}>{t('home.visitor.signin')}</p>
            </>
          ) : advisor ? (
            <>
              <Who person={advisor} real={client.real} own />
              {home.successor_of ? (
                <p className={css.soft}>{t('gone.title', { name: home.successor_of.name })}</p>
              ) : null}
              <dl className={css.facts}>
                {advisor.code ? (
                  <div>
                    <dt>{t('home.code')}</dt>
                    <dd>
                      <span className={css.code}>{advisor.code}</span> <Verify person={advisor} />
                    </dd>
                  </div>
                ) : null}
                <div>
                  <dt>{t('home.now')}</dt>
                  <dd>
                    <PresenceWord presence={client.presence ?? advisor.presence ?? 'off'} />
                    {reply ? ` · ${reply}` : ''}
                  </dd>
                </div>
              </dl>
            </>
          ) : (
            <div className={css.who}>
              <span className={css.disc}>
                <Icon of={iPeople} size={24} />
              </span>
              <div className={css.whoText}>
                <h2 className={css.name}>{t('home.none.title')}</h2>
                <p className={css.soft}>{t('home.none.text')}</p>
              </div>
            </div>
          )}
          <ContextChip client={client} />
          <div className={css.buttons}>
            {home.visitor ? null : (
              <Press kind="primary" disabled={busy} onPress={person}>
                {advisor ? t('home.ask', { name: advisor.name }) : t('home.ask.any')}
              </Press>
            )}
            <Press
              icon={iBot}
              kind={home.visitor ? 'primary' : 'plain'}
              disabled={busy}
              onPress={() => first(() => client.ask('assistant'))}
            >
              {t(home.visitor ? 'home.assistant.only' : 'home.assistant')}
              <small className={home.visitor ? '' : css.soft}>{t('home.assistant.hint')}</small>
            </Press>
          </div>
          <Refusal problem={client.problem} />
        </section>
        {home.handover ? <Handover client={client} /> : null}
        {home.conversation ? <Continue client={client} conversation={home.conversation} /> : null}
        <Past client={client} />
        {home.visitor ? null : <Products client={client} />}
        <h3 className={css.head}>{t('home.ideas')}</h3>
        <ul className={css.list}>
          {(['idea.1', 'idea.2', 'idea.3'] as const).map((key) => (
            <li key={key}>
              <button type="button" className={css.line} disabled={busy} onClick={() => idea(key)}>
                <span className={css.grow}>{t(key)}</span>
                <Icon of={iRight} size={16} />
              </button>
            </li>
          ))}
        </ul>
      </div>
      <footer className={css.foot}>
        <p className={css.record}>
          <Icon of={iRec} size={16} />
          <span>
            <b>{t('notice.short')}</b>{' '}
            <button
              type="button"
              className={css.link}
              onClick={() => setWanted(() => async () => undefined)}
            >
              {t('notice.detail')}
            </button>
          </span>
        </p>
        <p className={css.soft}>{t('notice.risk')}</p>
        {home.visitor ? null : (
          <button type="button" className={css.link} onClick={() => client.go('complaint')}>
            {t('home.complaint')}
          </button>
        )}
      </footer>
      {wanted ? (
        <Notice
          client={client}
          onClose={() => setWanted(null)}
          onAgreed={() => {
            const act = wanted;
            setWanted(null);
            void run(act);
          }}
        />
      ) : null}
    </>
  );
}

function Continue({ client, conversation }: { client: Client; conversation: string }) {
  const live = isLive(client.request);
  return (
    <>
      <h3 className={css.head}>{t('home.continue')}</h3>
      <ul className={css.list}>
        <li>
          <button
            type="button"
            className={css.line}
            onClick={() => void client.attempt(() => client.show(conversation))}
          >
            <Icon of={live ? iClock : iChat} />
            <span className={css.grow}>
              <b>{t(live ? 'home.waiting' : 'home.continue.text')}</b>
              {live ? <span className={css.soft}>{t('home.waiting.text')}</span> : null}
            </span>
            <Icon of={iRight} size={16} />
          </button>
        </li>
      </ul>
    </>
  );
}

/** The way to products: by one's own level, or whether the product of this page suits. */
function Products({ client }: { client: Client }) {
  const { context } = client;
  const product = context?.product;
  return (
    <ul className={css.list}>
      <li>
        <button
          type="button"
          className={css.line}
          onClick={() => (product ? client.look(product, false) : client.go('suit'))}
        >
          <span className={css.grow}>{t(product ? 'home.product' : 'home.products')}</span>
          <Icon of={iRight} size={16} />
        </button>
      </li>
    </ul>
  );
}

/** What was said in conversations that have ended stays within reach. */
function Past({ client }: { client: Client }) {
  if (!client.past.length) return null;
  return (
    <>
      <h3 className={css.head}>{t('home.past')}</h3>
      <ul className={css.list}>
        {client.past.map(({ id, last }) => (
          <li key={id}>
            <button
              type="button"
              className={css.line}
              onClick={() => void client.attempt(() => client.show(id))}
            >
              <Icon of={iChat} />
              <span className={`${css.grow} ${css.cut}`}>{last?.text}</span>
              <span className={css.soft}>{last ? ago(last.at) : ''}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The page that the question is about; the client may take it away. */
export function ContextChip({ client }: { client: Client }) {
  const { context } = client;
  if (!context) return null;
  return (
    <p className={css.about}>
      <span className={css.soft}>{t('home.about')}</span>
      <span className={css.context}>
        <span className={css.cut}>{context.title}</span>
        <button
          type="button"
          className={css.remove}
          aria-label={t('home.about.remove', { title: context.title })}
          onClick={() => client.setContext(null)}
        >
          <Icon of={iX} size={16} />
        </button>
      </span>
    </p>
  );
}
