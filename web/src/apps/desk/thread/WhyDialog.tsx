/** Why this advisor: the decision as it was kept when it was made, with everybody who was considered. Never recomputed. */
import { useQuery } from '@tanstack/react-query';
import { moment, number } from '../../../core/format';
import { t } from '../../../locales/desk';
import { Chip, Code, Dialog, ErrorState, Icon, Loading, PageState } from '../../../ui';
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
  const order = [...decision.candidates].sort(
    (a, b) =>
      Number(Boolean(a.refused)) - Number(Boolean(b.refused)) || (b.score ?? 0) - (a.score ?? 0),
  );
  return (
    <section className={css.decision}>
      <h3 className={css.stage}>
        <Icon of={iPath} size={16} />
        {stageName(decision.mode ?? decision.stage)}
        <span className={css.aside}>{moment(decision.at)}</span>
      </h3>
      <ul className={css.candidates}>
        {order.map((one) => {
          return (
            <li key={one.staff} className={css.candidate}>
              <span className={css.name}>
                {one.staff === me.id ? t('why.me') : (one.name ?? t('why.colleague'))}
              </span>
              {one.chosen ? <Chip tone="go">{t('why.chosen')}</Chip> : null}
              {one.refused ? (
                <span className={css.aside}>
                  {t('why.refused', { why: constraintName(one.refused.constraint) })}
                  {one.refused.detail ? ` (${one.refused.detail})` : ''}
                </span>
              ) : (
                <span className={css.aside}>
                  {Object.entries(one.parts ?? {})
                    .map(([part, value]) => `${partName(part)} ${number(value, 2)}`)
                    .join(' · ')}
                </span>
              )}
              <span className={css.score}>
                {one.refused || one.score === null ? '–' : number(one.score, 2)}
              </span>
            </li>
          );
        })}
      </ul>
      <p className={css.text}>
        {t('why.kept')} <Code>{decision.policy_version}</Code>
      </p>
    </section>
  );
}
