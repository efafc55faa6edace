/** One product in its versions: what each says, how it differs from the one in force, and the second hand's decision. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isoDay, number } from '../../core/format';
import { ApiError } from '../../core/http';
import { language } from '../../core/i18n';
import { t } from '../../locales/console';
import { t as own } from '../../locales/register';
import { Button, Chip, Code, Drawer, LevelBadge, toast } from '../../ui';
import { TextField } from '../../ui/Fields';
import { api, useMe } from '../session';
import { queries } from '../start';
import css from './staff.module.css';

type Texts<T> = Partial<Record<'zh-CN' | 'en', T>>;

export interface Version {
  version: number;
  state: 'proposed' | 'approved' | 'returned';
  names: Texts<string>;
  kind: 'money' | 'bond' | 'mixed' | 'equity' | 'structured' | 'private' | 'service';
  risk: number;
  term_months: number;
  goals: ('preserve' | 'income' | 'growth' | 'speculation')[];
  min_amount: number;
  professional_only: boolean;
  summaries: Texts<string>;
  risk_points: Texts<string[]>;
  effective_from: string;
  effective_to: string | null;
  author: string;
  note: string;
}

export interface Product {
  id: string;
  code: string;
  name: string;
  /** The newest first. */
  versions: Version[];
}

const today = () => isoDay(Date.now());

/** The version that counts today, where there is one. */
const inForce = (versions: Version[]): Version | undefined =>
  versions.find(
    (one) =>
      one.state === 'approved' &&
      one.effective_from <= today() &&
      (one.effective_to === null || today() <= one.effective_to),
  );

export function ProductPanel(props: {
  product: Product;
  /** Opens the form for the next version; who may not write one has none. */
  onRevise: (() => void) | undefined;
  onClose: () => void;
}) {
  const { product, onRevise, onClose } = props;
  const counts = inForce(product.versions);
  return (
    <Drawer title={product.name} open onClose={onClose}>
      <p className={css.code}>
        <Code>{product.code}</Code>
      </p>
      {onRevise ? (
        <Next waits={product.versions[0]?.state === 'proposed'} onPress={onRevise} />
      ) : null}
      {product.versions.map((one) => (
        <Told key={one.version} product={product.id} version={one} counts={counts} />
      ))}
    </Drawer>
  );
}

/** The way to the next version; one at a time waits for its decision. */
function Next({ waits, onPress }: { waits: boolean; onPress: () => void }) {
  if (waits) return <p className={css.code}>{own('form.waits')}</p>;
  return (
    <p className={css.code}>
      <Button onPress={onPress}>{own('form.write')}</Button>
    </p>
  );
}

function Told(props: { product: string; version: Version; counts: Version | undefined }) {
  const { product, version, counts } = props;
  const says = facts(version);
  const before = counts && counts !== version ? facts(counts) : null;
  const waits = version.state === 'proposed';
  return (
    <section aria-label={own('version.no', { n: version.version })}>
      <h3 className={`${css.heading} ${css.inline}`}>
        {own('version.no', { n: version.version })} <Standing version={version} counts={counts} />
      </h3>
      <dl className={css.facts}>
        {says.map(([field, key, shown]) => {
          const differs =
            before &&
            version.version > (counts?.version ?? 0) &&
            before.find(([name]) => name === field)?.[1] !== key;
          return (
            <div key={field}>
              <dt>{own(`field.${field}`)}</dt>
              <dd>
                {shown} {differs ? <Chip tone="nudge">{own('version.changed')}</Chip> : null}
              </dd>
            </div>
          );
        })}
      </dl>
      {version.state === 'returned' ? (
        <p className={css.code}>{own('version.returned', { note: version.note })}</p>
      ) : null}
      {waits ? <Decide product={product} version={version} /> : null}
    </section>
  );
}

function Standing({ version, counts }: { version: Version; counts: Version | undefined }) {
  if (version.state !== 'approved')
    return <Chip tone="nudge">{t(`products.${version.state}`)}</Chip>;
  if (version === counts) return <Chip tone="go">{own('version.in_force')}</Chip>;
  const later = version.effective_from > today();
  return <Chip>{own(later ? 'version.later' : 'version.over')}</Chip>;
}

type Field =
  | 'name'
  | 'kind'
  | 'risk'
  | 'term'
  | 'goals'
  | 'min'
  | 'only'
  | 'summary'
  | 'points'
  | 'force';

/** What a version says: the field, what it is compared by, and how it is shown. */
function facts(one: Version): [Field, string, ReactNode][] {
  const texts = (all: Texts<string>) => all[language()] || all['zh-CN'] || '–';
  const points = one.risk_points[language()] ?? one.risk_points['zh-CN'] ?? [];
  const plain = (field: Field, shown: string): [Field, string, ReactNode] => [field, shown, shown];
  const from = one.effective_from;
  return [
    ['name', JSON.stringify(one.names), texts(one.names)],
    plain('kind', own(`kind.${one.kind}`)),
    ['risk', String(one.risk), <LevelBadge key="risk" level={`R${one.risk}`} />],
    plain('term', one.term_months ? own('term.months', { n: one.term_months }) : own('term.any')),
    plain('goals', one.goals.map((goal) => own(`goal.${goal}`)).join(' · ') || '–'),
    plain('min', own('min.yuan', { n: number(one.min_amount) })),
    plain('only', own(one.professional_only ? 'only.professional' : 'only.all')),
    ['summary', JSON.stringify(one.summaries), texts(one.summaries)],
    [
      'points',
      JSON.stringify(one.risk_points),
      <ul key="points" className={css.points}>
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>,
    ],
    plain(
      'force',
      one.effective_to
        ? own('force.until', { from, to: one.effective_to })
        : own('force.open', { from }),
    ),
  ];
}

/** The second hand: never the author's. */
function Decide({ product, version }: { product: string; version: Version }) {
  const me = useMe();
  const [note, setNote] = useState('');
  const decide = useMutation({
    mutationFn: (approved: boolean) =>
      api.post(`/api/products/${product}/versions/${version.version}/decision`, { approved, note }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['products'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
  });
  if (version.author === me.id) return <p className={css.code}>{own('version.own')}</p>;
  if (!me.roles.some((role) => role === 'editor' || role === 'supervisor')) return null;
  return (
    <div className={css.form}>
      <TextField label={own('version.note')} value={note} onChange={setNote} maxLength={1000} />
      <div className={css.inline}>
        <Button isDisabled={!note.trim() || decide.isPending} onPress={() => decide.mutate(false)}>
          {t('products.return')}
        </Button>
        <Button kind="primary" isDisabled={decide.isPending} onPress={() => decide.mutate(true)}>
          {t('products.approve')}
        </Button>
      </div>
    </div>
  );
}
