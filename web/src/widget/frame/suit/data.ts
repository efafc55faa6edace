/** Suitability over HTTP, as the client sees it. */
import { api } from '../session';

export interface Standing {
  state: 'never' | 'valid' | 'expired' | 'withdrawn' | 'refused_data';
  level: string | null;
  lowest: boolean;
  category: 'ordinary' | 'professional';
  expires_at: number | null;
  professional_until: number | null;
  attempts_left?: number;
  conversion?: Conversion | null;
}
export interface Conversion {
  state: 'applied' | 'accepted' | 'refused' | 'ended';
  answer: string;
}
export interface Means {
  organisation: boolean;
  financial: number;
  income: number;
  net: number;
  years: number;
}
export interface Law {
  pass_mark: number;
  questions: Question[];
  proofs: { id: string; name: string }[];
  person: Omit<Means, 'organisation'>;
  organisation: Omit<Means, 'organisation'>;
}
export interface Question {
  id: string;
  text: string;
  many: boolean;
  options: { id: string; text: string }[];
}
export interface Questionnaire {
  version: number;
  title: string;
  questions: Question[];
}
export interface Product {
  id: string;
  code: string;
  version: number;
  name: string;
  risk: string;
  term_months?: number;
  min_amount?: number;
  summary?: string;
  risk_points?: string[];
}
export interface Asked {
  id: string;
  state: 'open' | 'permitted' | 'withdrawn' | 'revoked';
  special: boolean;
  amount_upto: number | null;
  steps: { step: string; at: number }[];
  confirmed_at: number | null;
  expires_at: number | null;
}
export interface View {
  product: Product;
  locked: { reason: string; level: string; risk: string } | null;
  next: string[];
  special: boolean;
  request: Asked | null;
}
export interface Warned {
  request: Asked;
  title: string;
  text: string;
  sentence: string;
  seconds: number;
  risk_points: string[];
  cooling_hours: number;
  questions: Question[];
}
export type Answers = Record<string, string[]>;

export const standing = () => api.get<Standing>('/api/client/suitability');
export const shelf = () => api.get<{ items: Product[] }>('/api/client/shelf');
export const questionnaire = () => api.get<Questionnaire>('/api/client/questionnaire');
export const answer = (version: number, answers: Answers) =>
  api.post<{ level: string | null; expires_at: number }>('/api/client/assessments', {
    version,
    answers,
  });
export const withdraw = () => api.delete('/api/client/assessments');
export const product = (id: string, card: boolean) =>
  api.get<View>(`/api/client/products/${encodeURIComponent(id)}`, card ? { card: true } : {});
export const request = (id: string, amount: number) =>
  api.post<Asked>(`/api/client/products/${encodeURIComponent(id)}/requests`, { amount });
export const warning = (id: string) =>
  api.post<Warned>(`/api/client/product-requests/${id}/warning`);
export const confirm = (id: string, body: { typed: string; scrolled: boolean; answers: Answers }) =>
  api.post<Asked>(`/api/client/product-requests/${id}/confirm`, body);
export const giveUp = (id: string) => api.delete<Asked>(`/api/client/product-requests/${id}`);

export const professional = () => api.get<Law>('/api/client/professional');
export const stepDown = () => api.delete('/api/client/professional');
export const apply = (body: Means & { confirms: boolean; answers: Answers }) =>
  api.post<Conversion>('/api/client/professional', body);
export const handIn = (file: File) => {
  const form = new FormData();
  form.append('file', file);
  return api.upload('/api/client/professional/proofs', form);
};
