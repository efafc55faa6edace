/** Starts a staff application: look, language, queries, router; re-renders it in the other language on request. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, StrictMode, startTransition } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../core/http';
import { type Catalogue, install, type Language } from '../core/i18n';
import { chooseLanguage, chosenLanguage, followSystem } from '../core/prefs';
import { routeBelow, Toasts } from '../ui';
import { fetchLate } from '../ui/late';
import { installHints } from '../ui/Tooltip';
import '../tokens/tokens.css';
import '../tokens/base.css';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.transient,
    },
  },
});

type Load = Record<Language, () => Promise<{ default: Catalogue }[]>>;

let show: ((language: Language) => Promise<void>) | undefined;

/** Speaks another language from now on, also at the next visit. */
export function speak(language: Language): void {
  chooseLanguage(language);
  // Names and reasons come from the server, in the language that was spoken.
  void show?.(language).then(() => queries.invalidateQueries());
}

/** Renders `App` into the page below `base`. */
export async function start(options: {
  base: string;
  load: Load;
  App: ComponentType;
  title: () => string;
  /** What the first drawing needs: it waits for it as it waits for its words. */
  first: () => Promise<unknown>;
}): Promise<void> {
  const { base, load, App, title, first } = options;
  followSystem();
  routeBelow(base);
  installHints();
  const root = createRoot(document.getElementById('root') as HTMLElement);
  show = async (language) => {
    const parts = await load[language]();
    install(language, ...parts.map((part) => part.default));
    document.documentElement.lang = language;
    document.title = `${title()} · Visavis`;
    // In slices: a slow phone stays free for a finger in between.
    startTransition(() =>
      root.render(
        <StrictMode>
          <I18nProvider locale={language === 'en' ? 'en-US' : language}>
            <QueryClientProvider client={queries}>
              <App key={language} />
              <Toasts />
            </QueryClientProvider>
          </I18nProvider>
        </StrictMode>,
      ),
    );
  };
  const language = chosenLanguage();
  // It is remembered now; in the address it would outlive the next choice.
  const address = new URL(location.href);
  address.searchParams.delete('lang');
  history.replaceState(history.state, '', address);
  // What the first drawing asks for is worded in this language too.
  install(language);
  await first();
  await show(language);
  fetchLate();
}
