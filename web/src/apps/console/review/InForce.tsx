/** The policies by which messages are judged at this moment: what each forbids, why, and what it does to whom. */
import { t } from '../../../locales/policies';
import { Chip } from '../../../ui';
import type { Tone } from '../../../ui/bits';
import { DataTable } from '../../../ui/DataTable';
import page from '../page.module.css';

type Way = 'staff_to_client' | 'broadcast' | 'client_to_staff';
type Act = 'pass' | 'nudge' | 'hold' | 'block';
export interface Bound {
  id: string;
  version: number;
  title: string;
  reason: string;
  actions: Partial<Record<Way, Act>>;
  departments: string[];
  effective: string;
}

const WAYS: Way[] = ['staff_to_client', 'broadcast', 'client_to_staff'];
const TONES: Partial<Record<Act, Tone>> = { nudge: 'accent', hold: 'nudge', block: 'stop' };

export function InForce({ policies }: { policies: readonly Bound[] }) {
  return (
    <DataTable
      caption={t('bound.title')}
      captioned
      rows={policies}
      rowKey={(one) => one.id}
      columns={[
        {
          id: 'title',
          head: t('bound.policy'),
          grow: true,
          cell: (one) => (
            <>
              {one.title}
              <br />
              <span className={page.meta}>{one.reason}</span>
            </>
          ),
        },
        ...WAYS.map((way) => ({
          id: way,
          head: t(`bound.${way}`),
          cell: (one: Bound) => {
            const act = one.actions[way];
            return act ? <Chip tone={TONES[act]}>{t(`bound.act.${act}`)}</Chip> : '–';
          },
        })),
        {
          id: 'departments',
          head: t('bound.departments'),
          cell: (one) => one.departments.join(', ') || t('bound.all'),
        },
        {
          id: 'effective',
          head: t('policies.effective'),
          cell: (one) => t('bound.since', { day: one.effective, n: one.version }),
        },
      ]}
    />
  );
}
