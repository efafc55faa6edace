/** One product: whole with its risks, or locked with the reason and the next lawful step; the advisor is one tap away. */
import { useCallback, useEffect, useState } from 'react';
import { moment } from '../../../core/format';
import { orElse, t } from '../../../locales/suit';
import { Icon } from '../../../ui/Icon';
import { iChat, iLock } from '../../../ui/icons';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Notice } from '../Notice';
import { Press, Refusal } from '../parts';
import { type Asked, giveUp, product, request, type View } from './data';
import { Risk } from './Suitability';
import own from './suit.module.css';
import { WarningSheet } from './WarningSheet';

export function ProductPage(props: { client: Client; onAssess: () => void; onMine: () => void }) {
  const { client, onAssess, onMine } = props;
  const { id, card } = client.product ?? { id: '', card: false };
  const [view, setView] = useState<View | null>(null);
  const [notice, setNotice] = useState(false);
  const load = useCallback(
    () => client.attempt(async () => setView(await product(id, card))),
    [client, id, card],
  );
  useEffect(() => {
    void load();
  }, [load]);
  if (!view) return <Refusal problem={client.problem} />;
  const { product: one, locked } = view;
  const ask = async () => {
    const url = client.context?.url ?? `${location.origin}/client?product=${one.code}`;
    client.setContext({ url, title: one.name, product: one.code });
    await client.attempt(() => client.ask('person'));
  };
  return (
    <>
      <div className={css.scroll}>
        <section className={css.card}>
          <h1 className={css.lead}>{one.name}</h1>
          <p className={css.soft}>
            <Risk level={one.risk} /> {t('product.version', { n: one.version, code: one.code })}
          </p>
          {locked ? <Locked locked={locked} /> : <Facts view={view} />}
        </section>
        {view.next.includes('assess') || view.next.includes('reassess') ? (
          <Press kind={view.next[0] === 'assess' ? 'primary' : 'ghost'} onPress={onAssess}>
            {t(view.next.includes('assess') ? 'level.take' : 'level.again')}
          </Press>
        ) : null}
        {view.next.includes('request') || view.special || view.request ? (
          <Request client={client} view={view} onChanged={() => void load()} />
        ) : null}
        <Refusal problem={client.problem} />
        <p className={css.soft}>{t('product.disclaimer')}</p>
        <Press kind="ghost" onPress={onMine}>
          {t('mine')}
        </Press>
      </div>
      <footer className={css.foot}>
        <Press
          kind={view.next[0] === 'assess' ? 'plain' : 'primary'}
          icon={iChat}
          onPress={() => (client.noticed ? void ask() : setNotice(true))}
        >
          {t('product.ask')}
        </Press>
      </footer>
      {notice ? (
        <Notice
          client={client}
          onClose={() => setNotice(false)}
          onAgreed={() => {
            setNotice(false);
            void ask();
          }}
        />
      ) : null}
    </>
  );
}

function Locked({ locked }: { locked: NonNullable<View['locked']> }) {
  const { reason, level, risk } = locked;
  return (
    <div className={own.locked}>
      <p>
        <Icon of={iLock} /> <b>{t('locked.title')}</b>
      </p>
      <p>{orElse(`locked.${reason}`, 'locked.other', { level, risk })}</p>
    </div>
  );
}

function Facts({ view }: { view: View }) {
  const { product: one } = view;
  return (
    <>
      {one.summary ? <p>{one.summary}</p> : null}
      <dl className={css.facts}>
        <div>
          <dt>{t('product.term')}</dt>
          <dd>
            {one.term_months ? t('product.months', { n: one.term_months }) : t('product.term.open')}
          </dd>
        </div>
        <div>
          <dt>{t('product.min')}</dt>
          <dd>{t('product.yuan', { n: one.min_amount ?? 0 })}</dd>
        </div>
      </dl>
      <h2 className={css.head}>{t('product.points')}</h2>
      <ul className={own.points}>
        {one.risk_points?.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      {view.special ? <p className={own.locked}>{t('product.special')}</p> : null}
    </>
  );
}

/** The client's own request: nobody proposes it, and it can be given up at any time. */
function Request(props: { client: Client; view: View; onChanged: () => void }) {
  const { client, view, onChanged } = props;
  const [amount, setAmount] = useState('');
  const [reading, setReading] = useState(false);
  const [made, setMade] = useState<Asked | null>(null);
  const asked = made ?? view.request;
  const begin = () =>
    client.attempt(async () => setMade(await request(view.product.id, Number(amount) || 0)));
  if (!asked) {
    return (
      <section className={css.card}>
        <h2 className={css.head}>{t('locked.next')}</h2>
        <label className={own.field}>
          {t('request.amount')}
          <input
            inputMode="numeric"
            value={amount}
            onInput={(event) =>
              setAmount(event.currentTarget.value.replace(/\D/g, '').slice(0, 10))
            }
          />
        </label>
        <Press disabled={!amount} onPress={() => void begin()}>
          {t(view.locked ? 'next.request' : 'request.begin')}
        </Press>
      </section>
    );
  }
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('request.title')}</h2>
      <p>{stateLine(asked)}</p>
      {asked.state === 'open' && !asked.confirmed_at ? (
        <>
          {view.locked ? <p>{t('request.told')}</p> : null}
          <Press onPress={() => setReading(true)}>{t('request.continue')}</Press>
        </>
      ) : null}
      {asked.state === 'open' || asked.state === 'permitted' ? (
        <Press
          kind="ghost"
          onPress={() =>
            void client
              .attempt(() => giveUp(asked.id))
              .then(() => {
                setMade(null);
                onChanged();
              })
          }
        >
          {t('request.withdraw')}
        </Press>
      ) : null}
      {reading ? (
        <WarningSheet
          client={client}
          request={asked.id}
          onClose={() => setReading(false)}
          onConfirmed={(one) => {
            setReading(false);
            setMade(one);
            onChanged();
          }}
        />
      ) : null}
    </section>
  );
}

function stateLine(asked: Asked): string {
  if (asked.state === 'permitted' && asked.expires_at) {
    const time = moment(asked.expires_at);
    return asked.amount_upto
      ? t('request.permitted', { time, n: asked.amount_upto })
      : t('request.permitted.all', { time });
  }
  return asked.confirmed_at ? t('request.cooling', { n: 24 }) : t('request.open');
}
