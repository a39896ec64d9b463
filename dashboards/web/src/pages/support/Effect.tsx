// What a service window would do before it is decided: whom it hits, what it collides with, and each figure before and after.
import { municipalityName, serviceName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { count } from '../../numbers';
import { Shown } from '../../parts/Shown';
import { Figure, Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { duration } from '../../time';
import { useGet } from '../../use';
import { question, useKept } from './filters';
import type { WindowEffect } from './windows';

export interface Planned {
	/** Of one that stands already: it does not collide with itself. */
	id?: string;
	services: readonly string[];
	municipalities: readonly string[];
	from: string;
	to: string;
	category: string;
	announced: string | null;
	agreed_by: string;
}

export function Effect({ of }: { of: Planned | null }) {
	const { me, directory } = useWorld();
	const path = of && question('/windows/effect', { service: of.services.join(','), municipality: me.municipality ?? of.municipalities.join(','), from: of.from, to: of.to,
		category: of.category, announced: of.announced, agreed_by: of.agreed_by });
	const asked = useKept(useGet<WindowEffect>(path, 'window'));
	if (!of) return <p class="muted">{t('effect.need')}</p>;
	return <Shown of={asked} lines={4}>{(effect) => <>
		<p>{t('effect.hits', { municipalities: effect.municipalities, users: count(effect.users) })}. {t('effect.time', { agreed: duration(effect.agreed_s), excluded: duration(effect.excluded_s) })}</p>
		{!effect.counts && <p class="flag"><span aria-hidden="true">▲ </span>{effect.late ? t('effect.late', { n: effect.days_ahead }) : t('effect.emergency')}</p>}
		{effect.collisions.filter(({ id }) => id !== of.id).map(({ id, name, from, to }) => <p class="flag" key={id}><span aria-hidden="true">▲ </span>{t('effect.collides', { id })} {name}, <Span from={from} to={to} /></p>)}
		{effect.cells.length > 0 && <Table caption={t('effect.caption')} rows={effect.cells} keyOf={({ service, municipality }) => service + municipality} columns={[
			{ key: 'kommun', head: t('municipality'), header: true, cell: ({ municipality }) => municipalityName(directory, municipality) },
			{ key: 'tjanst', head: t('service'), cell: ({ service }) => serviceName(directory, service) },
			{ key: 'fore', head: t('effect.before'), number: true, cell: ({ before }) => <Figure cell={before} decimals={3} /> },
			{ key: 'efter', head: t('effect.after'), number: true, cell: ({ after }) => <Figure cell={after} decimals={3} /> },
		]} />}
	</>}</Shown>;
}
