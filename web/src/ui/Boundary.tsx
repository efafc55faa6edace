/** Catches what fails while it is drawn, above all a part that could not be loaded, so that the rest of the page stays. */
import { Component, type ReactNode } from 'react';
import { ApiError } from '../core/http';
import { t } from '../locales/common';
import { ErrorState } from './PageState';
import { toast } from './Toast';

interface Props {
  /** Whoever goes elsewhere leaves the failure behind. */
  at: string;
  /** What is above the page, such as a dialog: it stays away, and a note says so. */
  quiet?: boolean;
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    // A part that does not arrive: no line, or a newer version of the application has taken its place.
    const lost = error instanceof Error && /import|module|preload/i.test(error.message);
    return { error: lost ? new ApiError(0, 'network', error.message) : error };
  }

  override componentDidUpdate(before: Props) {
    if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
  }

  override componentDidCatch() {
    if (this.props.quiet) toast(t('offline.title'));
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (this.props.quiet) return null;
    return <ErrorState error={error} onRetry={() => location.reload()} />;
  }
}
