/** A file, dropped or chosen. */
import { Button as AriaButton } from 'react-aria-components/Button';
import { DropZone } from 'react-aria-components/DropZone';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { Text } from 'react-aria-components/Text';
import { t } from '../locales/common';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iDoc } from './icons';

/** A place to drop or choose a file. */
export function FileDrop(props: {
  label: string;
  accept: string[];
  file: File | null;
  onFile: (file: File) => void;
}) {
  const { label, accept, file, onFile } = props;
  return (
    <DropZone
      className={css.drop}
      onDrop={async (event) => {
        const item = event.items.find((found) => found.kind === 'file');
        if (item?.kind === 'file') onFile(await item.getFile());
      }}
    >
      <Icon of={iDoc} />
      <Text slot="label">{file ? file.name : label}</Text>
      <FileTrigger
        acceptedFileTypes={accept}
        onSelect={(list) => {
          const chosen = list?.[0];
          if (chosen) onFile(chosen);
        }}
      >
        <AriaButton className={css.choose}>{t('file.choose')}</AriaButton>
      </FileTrigger>
    </DropZone>
  );
}
