// A dialog of the browser's own: it keeps the focus inside, Esc closes it, and the focus goes back to where it was.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n';

/** `side`: a panel at the right edge rather than in the middle. */
export function Dialog({ title, onClose, side, children }: { title: string; onClose: () => void; side?: boolean; children: ComponentChildren }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		dialog.current?.showModal();
		return () => before?.focus?.();
	}, []);
	return <dialog ref={dialog} class={side ? 'side' : ''} aria-labelledby={id} onClose={onClose}
		onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
		<div class="inside">
			<div class="head"><h2 id={id}>{title}</h2><button type="button" onClick={() => dialog.current?.close()}>{t('dialog.close')}</button></div>
			{children}
		</div>
	</dialog>;
}
