/** Why this advisor: the decision as it was kept when it was made, with everybody who was considered. Never recomputed. */
import { useQuery } from '@tanstack/react-query';
import { moment, number } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Chip, Code, Dialog, ErrorState, Icon, Loading, PageState, Parts } from '../../../ui';
import { iPath } from '../../../ui/icons';
import { api, useMe } from '../../session';
import { type Decision, items, type Page } from '../data';
import { constraintName, partName, stageName } from '../words';
import css from './dialogs.module.css';

export function WhyDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const decisions = useQuery({
    queryKey: ['decision', id],
    queryFn: () =>
      api.get<Page<Decision> | Decision[]>('/api/decisions', { conversation: id }).then(items),
    retry: false,
  });
  return (
    <Dialog title={t('why.title')} open wide onClose={onClose}>
      {decisions.data?.length === 0 ? (
        <PageState kind="empty" icon={iPath} title={t('why.none')}>
          {t('why.none.text')}
        </PageState>
      ) : null}
      {decisions.isPending ? <Loading rows={4} /> : null}
      {decisions.isError ? (
        <ErrorState error={decisions.error} onRetry={() => void decisions.refetch()} />
      ) : null}
      {decisions.data?.map((one) => (
        <One key={one.id} decision={one} />
      ))}
    </Dialog>
  );
}

function One({ decision }: { decision: Decision }) {
  const me = useMe();
  const able = decision.candidates
    .filter((one) => !one.refused)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return (
    <section className={css.decision}>
      <h3 className={css.stage}>
        <Icon of={iPath} size={16} />
        {stageName(decision.mode ?? decision.stage)}
        <span className={css.aside}>{moment(decision.at)}</span>
      </h3>
      <ul className={css.candidates}>
        {able.map((one) => (
          <li key={one.staff} className={css.candidate}>
            <span className={css.name}>
              {one.staff === me.id ? t('why.me') : (nameOf(one) ?? t('why.colleague'))}
            </span>
            {one.chosen ? <Chip tone="go">{t('why.chosen')}</Chip> : null}
            <span className={css.aside}>
              <Parts
                of={Object.entries(one.parts)
                  .filter(([, value]) => Math.abs(value) >= 0.005)
                  .map(([part, value]) => `${partName(part)} ${number(value, 2)}`)}
              />
            </span>
            <span className={css.score}>{one.score === null ? '–' : number(one.score, 2)}</span>
          </li>
        ))}
        {refusals(decision).map(({ constraint, names, count }) => (
          <li key={constraint} className={css.candidate}>
            <span className={css.name}>{t('why.others', { n: count })}</span>
            <span className={css.aside}>
              <Parts of={[t('why.refused', { why: constraintName(constraint) }), ...names]} />
            </span>
            <span className={css.score}>–</span>
          </li>
        ))}
      </ul>
      <p className={css.text}>
        {t('why.kept')} <Code>{decision.policy_version}</Code>
      </p>
    </section>
  );
}

/** A name in the reader's language, where he was given one. */
const nameOf = ({ name, name_en }: Decision['candidates'][number]) =>
  name === null ? null : named({ name, name_en });

/** The refused, together by the constraint that failed; names only where the reader was given them. */
function refusals(decision: Decision) {
  const found = new Map<string, { constraint: string; names: string[]; count: number }>();
  for (const one of decision.candidates) {
    const { refused } = one;
    if (!refused) continue;
    const name = nameOf(one);
    const group = found.get(refused.constraint) ?? {
      constraint: refused.constraint,
      names: [],
      count: 0,
    };
    group.count += 1;
    if (name) group.names.push(name);
    found.set(refused.constraint, group);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
