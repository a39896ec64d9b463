// The states that any part of a page can be in: coming, failed, not allowed, empty, there.
import type { ComponentChildren, JSX } from 'preact';
import type { Problem } from '../api';
import { municipalityName, useWorld } from '../directory';
import { t } from '../i18n';
import type { Asked } from '../use';

export function ProblemBox({ problem, again }: { problem: Problem; again?: () => void }) {
	const { me, directory } = useWorld() ?? {};
	if (problem.status === 403 || problem.status === 401) {
		return <div class="box note" role="alert">
			<h2>{t('problem.no_right')}</h2>
			<p>{me?.municipality ? t('problem.own_municipality', { name: municipalityName(directory, me.municipality) }) : t('problem.ask_right')}</p>
		</div>;
	}
	return <div class="box note" role="alert">
		<h2>{problem.status === 404 ? t('problem.not_found') : problem.status === 0 ? t('problem.no_answer') : t('problem.failed')}</h2>
		{problem.detail && <p lang="en">{problem.detail}</p>}
		<p class="muted">{t('problem.code', { code: problem.status })}</p>
		{again && <button type="button" onClick={again}>{t('problem.again')}</button>}
	</div>;
}

/** `lines`: the height of what is coming, in rows, so that nothing jumps. */
export function Shown<T>({ of, lines = 4, children }: { of: Asked<T>; lines?: number; children: (data: T) => ComponentChildren }): JSX.Element {
	if (of.data !== null) {
		return <>
			{of.problem && <ProblemBox problem={of.problem} again={of.again} />}
			{children(of.data)}
		</>;
	}
	if (of.problem) return <ProblemBox problem={of.problem} again={of.again} />;
	return <div class="coming" aria-busy="true">
		<span class="unseen" role="status">{of.slow ? t('coming.slow') : t('coming')}</span>
		{of.slow && <p aria-hidden="true">{t('coming.slow')}</p>}
		{Array.from({ length: lines }, (_, i) => <div class="bone" key={i} />)}
	</div>;
}

/** Nothing there: why, and what then. */
export function Empty({ children }: { children: ComponentChildren }) {
	return <p class="box empty">{children}</p>;
}
