/** What changes among the staff: clients handed over with notice, and the HR system's news. */
import { t as own, speak } from '../../locales/changes';
import { t } from '../../locales/console';
import { Loading, Segmented, useQuery as useAddress } from '../../ui';
import { PageHead } from '../Shell';
import { useSpoken } from '../spoken';
import { Handovers } from './Handovers';
import { HrNews } from './HrNews';
import page from './page.module.css';

export default function Changes() {
  const [address, change] = useAddress();
  const spoken = useSpoken(speak);
  const view = address.get('view') === 'news' ? 'news' : 'handovers';
  if (!spoken) return <Loading />;
  return (
    <>
      <PageHead title={t('nav.changes')}>
        <Segmented
          label={t('nav.changes')}
          selected={view}
          onSelect={(id) => change({ view: id === 'news' ? 'news' : null, outcome: null })}
          options={[
            { id: 'handovers', text: own('handover.list') },
            { id: 'news', text: own('hr.list') },
          ]}
        />
      </PageHead>
      <div className={page.body}>{view === 'news' ? <HrNews /> : <Handovers />}</div>
    </>
  );
}
