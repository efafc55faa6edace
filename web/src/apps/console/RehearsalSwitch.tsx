/** Whether a rehearsal with simulated people is running here, and the way to stop or start it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { t } from '../../locales/console';
import { Button, Chip, toast } from '../../ui';
import { iBot } from '../../ui/icons';
import { api, useMe } from '../session';
import { queries } from '../start';

export function RehearsalSwitch() {
  const me = useMe();
  const state = useQuery({
    queryKey: ['rehearsal'],
    queryFn: () => api.get<{ running: boolean }>('/api/rehearsal'),
    refetchInterval: 5_000,
  });
  const set = useMutation({
    mutationFn: (running: boolean) => api.put('/api/rehearsal', { running }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['rehearsal'] }),
    onError: () => toast(t('rehearsal.failed')),
  });
  if (!state.data) return null;
  const { running } = state.data;
  return (
    <>
      {running ? (
        <Chip tone="machine" icon={iBot}>
          {t('rehearsal.running')}
        </Chip>
      ) : null}
      {me.roles.includes('operator') ? (
        <Button onPress={() => set.mutate(!running)} isDisabled={set.isPending}>
          {running ? t('rehearsal.stop') : t('rehearsal.start')}
        </Button>
      ) : null}
    </>
  );
}
