/** Importing a file: looked through first, every wrong row named, then all rows or none. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { lookup } from '../../core/i18n';
import { t } from '../../locales/console';
import { Button, Code, Dialog, toast } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { FileDrop } from '../../ui/FileDrop';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import css from './staff.module.css';

interface RowError {
  row: number;
  column: string;
  code: string;
  detail: string;
}
interface Outcome {
  rows: number;
  errors: RowError[];
  applied: boolean;
}

/** What is wrong with a row, in words; the server's own sentence where it has one. */
const why = (one: RowError): string => {
  const known = lookup(`rowerror.${one.code}`);
  if (!known) return one.detail || one.code;
  return one.detail ? `${known} ${one.detail}` : known;
};

export function CsvImport(props: {
  title: string;
  path: string;
  columns: string;
  /** The list that is read anew afterwards. */
  refresh: string;
  onClose: () => void;
}) {
  const { title, path, columns, refresh, onClose } = props;
  const [file, setFile] = useState<File | null>(null);
  const send = useMutation({
    mutationFn: ({ dry }: { dry: boolean }) => {
      const form = new FormData();
      form.append('file', file as File);
      return api.upload<Outcome>(`${path}?dry_run=${dry ? 1 : 0}`, form);
    },
    onSuccess: (outcome) => {
      if (!outcome.applied) return;
      toast(t('import.done', { n: outcome.rows }));
      void queries.invalidateQueries({ queryKey: [refresh] });
      onClose();
    },
  });
  const seen = send.data;
  const clean = seen && seen.errors.length === 0;
  return (
    <Dialog
      open
      wide
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          {clean ? (
            <Button
              kind="primary"
              isDisabled={send.isPending}
              onPress={() => send.mutate({ dry: false })}
            >
              {t('import.apply', { n: seen.rows })}
            </Button>
          ) : (
            <Button
              kind="primary"
              isDisabled={!file || send.isPending}
              onPress={() => send.mutate({ dry: true })}
            >
              {t('import.look')}
            </Button>
          )}
        </>
      }
    >
      <div className={css.form}>
        <p>
          {t('import.text')} <Code>{columns}</Code>
        </p>
        <FileDrop
          label={t('import.drop')}
          accept={['.csv', 'text/csv']}
          file={file}
          onFile={(chosen) => {
            setFile(chosen);
            send.reset();
          }}
        />
        <Failed error={send.error} />
        {clean ? <p role="status">{t('import.clean', { n: seen.rows })}</p> : null}
        {seen && !clean ? (
          <>
            <p role="alert" className={css.failed}>
              {t('import.wrong', { n: seen.errors.length })}
            </p>
            <DataTable
              dense
              caption={t('import.errors')}
              rows={seen.errors}
              rowKey={(one) => `${one.row}.${one.column}.${one.code}`}
              columns={[
                { id: 'row', head: t('import.row'), cell: (one) => one.row, numeric: true },
                { id: 'column', head: t('import.column'), cell: (one) => one.column },
                { id: 'detail', head: t('import.why'), cell: why, grow: true },
              ]}
            />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
