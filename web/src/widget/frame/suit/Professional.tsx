/** To be a professional investor: conditions, test, proofs, the client's own confirmation; the answer and what is due. */
import { useCallback, useEffect, useState } from 'react';
import { isoDay, number } from '../../../core/format';
import { t } from '../../../locales/suit';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press, Refusal } from '../parts';
import {
  type Answers,
  apply,
  type Conversion,
  handIn,
  type Law,
  type Means,
  professional,
  standing,
  stepDown,
} from './data';
import { Choices } from './Quiz';
import own from './suit.module.css';

const EMPTY: Means = { organisation: false, financial: 0, income: 0, net: 0, years: 0 };

export function Professional({ client, onDone }: { client: Client; onDone: () => void }) {
  const [law, setLaw] = useState<Law | null>(null);
  const [made, setMade] = useState<Conversion | null>(null);
  const [until, setUntil] = useState<number | null>(null);
  const load = useCallback(
    () =>
      client.attempt(async () => {
        const [asked, mine] = await Promise.all([professional(), standing()]);
        setLaw(asked);
        setMade(mine.conversion ?? null);
        setUntil(mine.category === 'professional' ? mine.professional_until : null);
      }),
    [client],
  );
  useEffect(() => {
    void load();
  }, [load]);
  const open = law && !until && made?.state !== 'applied';
  return (
    <>
      <div className={css.scroll}>
        <h1 className={css.lead}>{t('pro.title')}</h1>
        {until ? (
          <p role="status">{t('level.professional', { date: isoDay(until) })}</p>
        ) : made && made.state !== 'ended' ? (
          <section className={css.card} role="status">
            <p>{t(`pro.${made.state}`)}</p>
            {made.answer ? (
              <p className={css.soft}>{t('pro.answer', { text: made.answer })}</p>
            ) : null}
          </section>
        ) : null}
        <p className={css.soft}>{t('pro.less')}</p>
        {open ? <Form client={client} law={law} onChanged={() => void load()} /> : null}
        <Refusal problem={client.problem} />
      </div>
      <footer className={css.foot}>
        {until ? (
          <Press onPress={() => void client.attempt(stepDown).then(() => void load())}>
            {t('pro.down')}
          </Press>
        ) : null}
        <Press kind="ghost" onPress={onDone}>
          {t('back')}
        </Press>
      </footer>
    </>
  );
}

function Form(props: { client: Client; law: Law; onChanged: () => void }) {
  const { client, law, onChanged } = props;
  const [means, setMeans] = useState(EMPTY);
  const [answers, setAnswers] = useState<Answers>({});
  const [confirms, setConfirms] = useState(false);
  const needed = means.organisation ? law.organisation : law.person;
  const fields = means.organisation
    ? (['financial', 'net', 'years'] as const)
    : (['financial', 'income', 'years'] as const);
  const ready = confirms && law.proofs.length > 0 && law.questions.every((one) => answers[one.id]);
  return (
    <>
      <fieldset className={own.choices}>
        <legend className={own.question}>{t('pro.who')}</legend>
        {[false, true].map((organisation) => (
          <label key={String(organisation)} className={own.choice}>
            <input
              type="radio"
              name="who"
              checked={means.organisation === organisation}
              onChange={() => setMeans({ ...means, organisation })}
            />
            <span>{t(organisation ? 'pro.organisation' : 'pro.person')}</span>
          </label>
        ))}
      </fieldset>
      {fields.map((field) => (
        <label key={field} className={own.field}>
          <span>
            {t(`pro.${field}`)}{' '}
            <small className={css.soft}>{t('pro.from', { n: number(needed[field]) })}</small>
          </span>
          <input
            type="number"
            inputMode="decimal"
            min="0"
            value={means[field] || ''}
            onInput={(event) => setMeans({ ...means, [field]: Number(event.currentTarget.value) })}
          />
        </label>
      ))}
      <Proofs client={client} law={law} onChanged={onChanged} />
      <h2 className={css.head}>{t('pro.test', { n: law.pass_mark })}</h2>
      {law.questions.map((question) => (
        <Choices
          key={question.id}
          question={question}
          picked={answers[question.id] ?? []}
          onPick={(picked) => setAnswers({ ...answers, [question.id]: picked })}
        />
      ))}
      <label className={own.choice}>
        <input
          type="checkbox"
          checked={confirms}
          onChange={(event) => setConfirms(event.currentTarget.checked)}
        />
        <span>{t('pro.confirm')}</span>
      </label>
      <Press
        kind="primary"
        disabled={!ready}
        onPress={() =>
          void client.attempt(() => apply({ ...means, confirms, answers })).then(onChanged)
        }
      >
        {t('pro.apply')}
      </Press>
    </>
  );
}

function Proofs({ client, law, onChanged }: { client: Client; law: Law; onChanged: () => void }) {
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('pro.proofs')}</h2>
      <p className={css.soft}>{t('pro.proofs.note')}</p>
      <ul className={css.list}>
        {law.proofs.map((one) => (
          <li key={one.id}>{one.name}</li>
        ))}
      </ul>
      <label className={own.field}>
        <span>{t('pro.proofs.add')}</span>
        <input
          type="file"
          accept="image/jpeg,image/png,image/webp,application/pdf"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file) void client.attempt(() => handIn(file)).then(onChanged);
          }}
        />
      </label>
    </section>
  );
}
