/** Says an offer aloud: once when it arrives and at five seconds, politely; a chime, a buzz and the title, if wanted. */
import { useCallback, useEffect, useState } from 'react';
import { serverNow } from '../../../core/clock';
import type { Offer } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { chimes } from '../keys/prefs';
import { useArrival, useOffers } from '../line';
import { topicName } from '../words';

let sound: AudioContext | null = null;

/** Two short notes, made here: no file to load. */
function chime(): void {
  try {
    sound ??= new AudioContext();
    const start = sound.currentTime;
    for (const [index, pitch] of [660, 880].entries()) {
      const note = sound.createOscillator();
      const volume = sound.createGain();
      const at = start + index * 0.14;
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.13);
      note.connect(volume).connect(sound.destination);
      note.start(at);
      note.stop(at + 0.14);
    }
  } catch {
    // No sound on this device: the card and the buzz remain.
  }
}

export function OfferVoice() {
  const cards = useOffers();
  const [said, setSaid] = useState('');
  const arrived = useCallback((offer: Offer) => {
    const left = Math.max(0, Math.round((offer.expires_at - serverNow()) / 1000));
    setSaid(t('offer.arrived', { topic: topicName(offer.topic), n: left }));
    // A page that was never touched may neither sound nor buzz.
    if (!chimes() || navigator.userActivation?.hasBeenActive === false) return;
    chime();
    navigator.vibrate?.(120);
  }, []);
  useArrival(arrived);
  const first = cards.find((card) => !card.ended)?.offer;
  useEffect(() => {
    if (!first) return;
    const wait = first.expires_at - serverNow() - 5_000;
    if (wait <= 0) return;
    const timer = setTimeout(() => setSaid(t('offer.soon')), wait);
    return () => clearTimeout(timer);
  }, [first]);
  const waiting = cards.filter((card) => !card.ended).length;
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\) /, '');
    document.title = waiting ? `(${waiting}) ${plain}` : plain;
  }, [waiting]);
  return (
    // Heard also while a sheet or a dialog lies above the page.
    <p className="visually-hidden" role="status" data-react-aria-top-layer="true">
      {said}
    </p>
  );
}
