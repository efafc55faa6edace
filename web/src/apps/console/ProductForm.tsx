/** Writing a product, or the version that is to follow: both languages side by side; another person decides on it. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { isoDay } from '../../core/format';
import { t } from '../../locales/console';
import { t as own } from '../../locales/register';
import { Button, Dialog, toast } from '../../ui';
import { DateField } from '../../ui/DateField';
import { Checkbox, TextField } from '../../ui/Fields';
import { Select } from '../../ui/Select';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import type { Product } from './ProductPanel';
import {
  type Draft,
  draftOf,
  type Fault,
  faultsOf,
  GOALS,
  KINDS,
  LANGUAGES,
  type Language,
  wired,
} from './product';
import css from './staff.module.css';

const RISKS = ['1', '2', '3', '4', '5'];

export function ProductForm({ product, onClose }: { product?: Product; onClose: () => void }) {
  const form = useId();
  const today = isoDay(Date.now());
  const [draft, setDraft] = useState(() =>
    draftOf(product?.code ?? '', product?.versions[0], today),
  );
  const [asked, setAsked] = useState(false);
  const [typing, setTyping] = useState({ from: false, to: false });
  const faults = faultsOf(draft, !product);
  const said = (fault: Fault) => (asked && faults.has(fault) ? own(`fault.${fault}`) : undefined);
  const put = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const save = useMutation({
    mutationFn: () =>
      product
        ? api.post(`/api/products/${product.id}/versions`, wired(draft))
        : api.post('/api/products', { ...wired(draft), code: draft.code.trim() }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['products'] });
      toast(own('form.proposed'));
      onClose();
    },
  });
  const propose = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (faults.size === 0 && !typing.from && !typing.to && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      open
      wide
      dismissable={false}
      title={product ? own('form.revise', { code: product.code }) : own('form.add')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" type="submit" form={form} isDisabled={save.isPending}>
            {own('form.propose')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate className={css.form} onSubmit={propose}>
        <p className={css.hint}>{own('form.hint')}</p>
        <Failed error={save.error} />
        <div className={css.pair}>
          {product ? null : (
            <TextField
              label={t('products.code')}
              help={own('form.code')}
              value={draft.code}
              error={said('code')}
              onChange={(code) => put({ code })}
            />
          )}
          <Select
            label={own('field.kind')}
            value={draft.kind}
            onChange={(kind) => put({ kind: kind as Draft['kind'] })}
            options={KINDS.map((id) => ({ id, text: own(`kind.${id}`) }))}
          />
          <Select
            label={own('field.risk')}
            value={draft.risk}
            onChange={(risk) => put({ risk })}
            options={RISKS.map((id) => ({ id, text: `R${id}` }))}
          />
          <TextField
            label={own('form.term')}
            inputMode="numeric"
            value={draft.term}
            error={said('term')}
            onChange={(term) => put({ term })}
          />
          <TextField
            label={own('form.min')}
            inputMode="numeric"
            value={draft.min}
            error={said('min')}
            onChange={(min) => put({ min })}
          />
          <DateField
            label={own('form.from')}
            value={draft.from}
            error={said('from')}
            onChange={(from, wrong) => {
              put({ from });
              setTyping({ ...typing, from: wrong });
            }}
          />
          <DateField
            label={own('form.to')}
            value={draft.to}
            error={said('to')}
            onChange={(to, wrong) => {
              put({ to });
              setTyping({ ...typing, to: wrong });
            }}
          />
        </div>
        <Goals draft={draft} error={said('goals')} put={put} />
        <Checkbox isSelected={draft.only} onChange={(only) => put({ only })}>
          {own('only.professional')}
        </Checkbox>
        <div className={css.pair}>
          {LANGUAGES.map((language) => (
            <Texts key={language} language={language} draft={draft} put={put} said={said} />
          ))}
        </div>
      </form>
    </Dialog>
  );
}

type Put = (change: Partial<Draft>) => void;

function Goals({ draft, error, put }: { draft: Draft; error: string | undefined; put: Put }) {
  return (
    <fieldset className={css.choices}>
      <legend>{own('field.goals')}</legend>
      {GOALS.map((goal) => (
        <Checkbox
          key={goal}
          isSelected={draft.goals.includes(goal)}
          onChange={(chosen) =>
            put({
              goals: GOALS.filter((one) => (one === goal ? chosen : draft.goals.includes(one))),
            })
          }
        >
          {own(`goal.${goal}`)}
        </Checkbox>
      ))}
      {error ? (
        <p role="alert" className={css.failed}>
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

/** What is said of it in one language; the Chinese name and risk points are needed. */
function Texts(props: {
  language: Language;
  draft: Draft;
  put: Put;
  said: (fault: Fault) => string | undefined;
}) {
  const { language, draft, put, said } = props;
  const first = language === 'zh-CN';
  const change = (texts: Draft['names'], text: string) => ({ ...texts, [language]: text });
  const long = draft.names[language].trim().length > 80;
  return (
    <fieldset className={css.language} lang={language}>
      <legend>{first ? '中文' : 'English'}</legend>
      <TextField
        label={own('field.name')}
        value={draft.names[language]}
        error={(first && said('name')) || (long && said('names')) || undefined}
        onChange={(text) => put({ names: change(draft.names, text) })}
      />
      <TextField
        label={own('field.summary')}
        rows={3}
        maxLength={2000}
        value={draft.summaries[language]}
        onChange={(text) => put({ summaries: change(draft.summaries, text) })}
      />
      <TextField
        label={own('field.points')}
        help={own('form.points')}
        rows={4}
        value={draft.points[language]}
        error={(first && said('points')) || said('long')}
        onChange={(text) => put({ points: change(draft.points, text) })}
      />
    </fieldset>
  );
}
