/** What the staff pages share: the words of the interface, and the lists to choose from. */
import { useQuery } from '@tanstack/react-query';
import { t } from '../../locales/console';
import { api } from '../session';

export interface Branch {
  id: string;
  code: string;
  name: string;
  name_en: string;
}
export interface Licence {
  id: string;
  type: string;
  number: string;
  valid_from: string;
  valid_to: string;
  status: 'active' | 'suspended' | 'revoked';
  valid: boolean;
}
export interface Member {
  id: string;
  name: string;
  name_en: string;
  environment: string;
  status: 'active' | 'suspended' | 'left';
  login: string;
  employee_no: string | null;
  roles: string[];
  branch: Branch;
  code: string | null;
  languages: string[];
  topics: string[];
  capacity: number;
  licences: Licence[];
  capabilities: string[];
  photo: string | null;
  locked_at: number | null;
  left_at: number | null;
  has_password: boolean;
  password_set_at: number | null;
  has_totp: boolean;
}

export const ROLES = [
  'advisor',
  'client_manager',
  'broker_agent',
  'partner_staff',
  'supervisor',
  'examiner',
  'operator',
  'editor',
  'administrator',
] as const;
export const LICENCES = ['advisory', 'securities', 'fund', 'futures', 'margin', 'agent'] as const;

export const roleName = (role: string): string => t(`role.${role}` as 'role.advisor');
export const topicName = (topic: string): string => t(`topic.${topic}` as 'topic.fund');

export function useBranches(): Branch[] {
  const found = useQuery({
    queryKey: ['branches'],
    queryFn: () => api.get<{ items: Branch[] }>('/api/branches'),
    staleTime: 300_000,
  });
  return found.data?.items ?? [];
}

/** Days until a date; negative when it has passed. */
export const daysUntil = (date: string): number =>
  Math.ceil((Date.parse(`${date}T23:59:59`) - Date.now()) / 86_400_000);
