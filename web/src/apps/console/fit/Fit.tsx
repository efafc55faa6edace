/** The rules of suitability: documents in versions, investors who convert, attempts that stand out. */
import { t } from '../../../locales/console';
import { t as own, speak } from '../../../locales/fit';
import { Loading, Segmented, useQuery as useAddress } from '../../../ui';
import { PageHead } from '../../Shell';
import { useMe } from '../../session';
import { useSpoken } from '../../spoken';
import page from '../page.module.css';
import { Alerts } from './Alerts';
import { Conversions } from './Conversions';
import { Documents } from './Documents';

const VIEWS = ['documents', 'conversions', 'alerts'] as const;

export default function Fit() {
  const me = useMe();
  const [address, change] = useAddress();
  const spoken = useSpoken(speak);
  const checker = me.roles.includes('supervisor');
  const views = checker ? VIEWS : VIEWS.slice(0, 1);
  const view = views.find((one) => one === address.get('view')) ?? 'documents';
  if (!spoken) return <Loading />;
  return (
    <>
      <PageHead title={t('nav.fit')}>
        {checker ? (
          <Segmented
            label={t('nav.fit')}
            selected={view}
            onSelect={(id) => change({ view: id === 'documents' ? null : id, kind: null })}
            options={views.map((id) => ({ id, text: own(`fit.${id}`) }))}
          />
        ) : null}
      </PageHead>
      <div className={page.body}>
        {view === 'documents' ? <Documents /> : null}
        {view === 'conversions' ? <Conversions /> : null}
        {view === 'alerts' ? <Alerts /> : null}
      </div>
    </>
  );
}
