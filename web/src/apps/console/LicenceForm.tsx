/** Adding a registration or qualification. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../locales/console';
import { Button, Dialog } from '../../ui';
import { DateField } from '../../ui/DateField';
import { TextField } from '../../ui/Fields';
import { Select } from '../../ui/Select';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import css from './staff.module.css';
import { LICENCES } from './staffing';

export function LicenceForm({ staff, onClose }: { staff: string; onClose: () => void }) {
  const [type, setType] = useState<string>('advisory');
  const [number, setNumber] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const save = useMutation({
    mutationFn: () =>
      api.post(`/api/staff/${staff}/licences`, { type, number, valid_from: from, valid_to: to }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    },
  });
  const dates = /^\d{4}-\d\d-\d\d$/;
  const ready = number && dates.test(from) && dates.test(to);
  return (
    <Dialog
      open
      title={t('licence.add')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!ready || save.isPending}
            onPress={() => save.mutate()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Failed error={save.error} />
        <Select
          label={t('licence.type')}
          value={type}
          onChange={setType}
          options={LICENCES.map((id) => ({ id, text: t(`licence.type.${id}`) }))}
        />
        <TextField label={t('licence.number')} value={number} onChange={setNumber} />
        <DateField label={t('licence.from')} value={from} onChange={setFrom} />
        <DateField label={t('licence.to')} value={to} onChange={setTo} />
      </div>
    </Dialog>
  );
}
