/** The client's own side: how she is contacted and by whom, what she agrees to, what is held of her. */
import { useCallback, useEffect, useState } from 'react';
import { language } from '../../../core/i18n';
import { speak, t } from '../../../locales/mine';
import { TimeField } from '../../../ui/TimeField';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press, Refusal } from '../parts';
import * as data from './data';
import { Groups } from './Groups';
import { Held } from './Held';
import own from './mine.module.css';
import { People } from './People';
import { Referral } from './Referral';

export function Mine({ client }: { client: Client }) {
  const [words, setWords] = useState('');
  const [contact, setContact] = useState<data.Contact | null>(null);
  const [consents, setConsents] = useState<data.Consent[]>([]);
  const spoken = language();
  useEffect(() => {
    void speak(spoken).then(() => setWords(spoken));
  }, [spoken]);
  const load = useCallback(
    () =>
      client.attempt(async () => {
        const [how, said] = await Promise.all([data.contact(), data.consents()]);
        setContact(how);
        setConsents(said.items);
      }),
    [client],
  );
  useEffect(() => {
    void load();
  }, [load]);
  if (words !== spoken) return null;
  return (
    <div className={css.scroll}>
      <h1 className={css.lead}>{t('title')}</h1>
      <Refusal problem={client.problem} />
      {contact ? (
        <>
          <Contacting client={client} now={contact} />
          <People client={client} bars={contact.bars} onChanged={() => void load()} />
        </>
      ) : null}
      {client.me.kind === 'client' ? <Groups client={client} /> : null}
      <h2 className={css.head}>{t('consent.title')}</h2>
      {consents.map((one) => (
        <Consenting
          key={one.purpose}
          one={one}
          onSay={(given) => void client.attempt(() => data.say(one, given)).then(load)}
        />
      ))}
      <p className={css.soft}>{t('consent.note')}</p>
      {client.me.kind === 'client' ? <Referral client={client} /> : null}
      <Held client={client} />
    </div>
  );
}

function Contacting({ client, now }: { client: Client; now: data.Contact }) {
  const [wished, setWished] = useState<data.Wishes>({
    greetings: now.greetings,
    quiet_from: now.quiet_from,
    quiet_to: now.quiet_to,
    cap: now.cap,
  });
  const [saved, setSaved] = useState(false);
  const change = (more: Partial<data.Wishes>) => {
    setSaved(false);
    setWished({ ...wished, ...more });
  };
  const { limits } = now;
  const save = () =>
    client.attempt(async () => {
      await data.wish(wished);
      setSaved(true);
    });
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('contact.title')}</h2>
      <label className={own.row}>
        <span className={css.grow}>{t('contact.greetings')}</span>
        <input
          type="checkbox"
          checked={wished.greetings}
          onChange={(event) => change({ greetings: event.currentTarget.checked })}
        />
      </label>
      {wished.greetings ? (
        <>
          <fieldset className={own.hours}>
            <legend>{t('contact.quiet')}</legend>
            {(['quiet_from', 'quiet_to'] as const).map((field) => (
              <TimeField
                key={field}
                label={t(field === 'quiet_from' ? 'contact.from' : 'contact.to')}
                wrong={t('contact.wrong')}
                example={field === 'quiet_from' ? '22:00' : '08:00'}
                value={wished[field] ?? ''}
                onChange={(at) => change({ [field]: at || null })}
              />
            ))}
          </fieldset>
          <label className={own.row}>
            <span className={css.grow}>{t('contact.cap', { days: limits.period_days })}</span>
            <select
              value={String(wished.cap ?? limits.cap)}
              onChange={(event) => change({ cap: Number(event.currentTarget.value) })}
            >
              {Array.from({ length: limits.cap + 1 }, (_, n) => (
                <option key={String(n)} value={String(n)}>
                  {t('contact.times', { n })}
                </option>
              ))}
            </select>
          </label>
        </>
      ) : null}
      <Press kind="primary" onPress={() => void save()}>
        {t('contact.save')}
      </Press>
      <p className={css.soft} role="status">
        {saved
          ? t('contact.saved')
          : t('contact.note', { from: limits.quiet_from, to: limits.quiet_to })}
      </p>
    </section>
  );
}

/** Yes and no are one tap each, side by side: withdrawing is as easy as giving (PIPL art 15). */
function Consenting({ one, onSay }: { one: data.Consent; onSay: (given: boolean) => void }) {
  const stands = one.given === null ? 'open' : one.given ? 'given' : 'refused';
  return (
    <section className={css.card} aria-label={one.title}>
      <p>
        <b>{one.title}</b> <span className={own.state}>{t(`consent.${stands}`)}</span>
      </p>
      <p className={css.soft}>{one.text}</p>
      <div className={own.pair}>
        {one.given === true ? null : <Press onPress={() => onSay(true)}>{t('consent.give')}</Press>}
        {one.given === false ? null : (
          <Press onPress={() => onSay(false)}>
            {t(one.given ? 'consent.withdraw' : 'consent.refuse')}
          </Press>
        )}
      </div>
    </section>
  );
}
