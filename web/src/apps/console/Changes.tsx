/** What changes among the staff: clients handed over with notice, and the HR system's news. */
import { t } from '../../locales/console';
import { Segmented, useQuery as useAddress } from '../../ui';
import { PageHead } from '../Shell';
import { Handovers } from './Handovers';
import { HrNews } from './HrNews';
import page from './page.module.css';

export default function Changes() {
  const [address, change] = useAddress();
  const view = address.get('view') === 'news' ? 'news' : 'handovers';
  return (
    <>
      <PageHead title={t('nav.changes')}>
        <Segmented
          label={t('nav.changes')}
          selected={view}
          onSelect={(id) => change({ view: id === 'news' ? 'news' : null, outcome: null })}
          options={[
            { id: 'handovers', text: t('handover.list') },
            { id: 'news', text: t('hr.list') },
          ]}
        />
      </PageHead>
      <div className={page.body}>{view === 'news' ? <HrNews /> : <Handovers />}</div>
    </>
  );
}
