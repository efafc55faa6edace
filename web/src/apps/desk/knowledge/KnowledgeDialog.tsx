/** An entry over whatever is open: from a citation, a card, or the list on a phone. */
import { t } from '../../../locales/desk';
import { Dialog } from '../../../ui';
import { Entry } from './Entry';

export function KnowledgeDialog({ entry, onClose }: { entry: string; onClose: () => void }) {
  return (
    <Dialog title={t('card.knowledge')} open wide onClose={onClose}>
      <Entry id={entry} />
    </Dialog>
  );
}
