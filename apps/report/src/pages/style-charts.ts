/**
 * Charts. Colours are Okabe and Ito's, moved until colour-blind readers tell every two apart, lighter on a dark
 * ground; series differ in shape too, two of one colour in stem and dash, phases in hatching or shape.
 */
export const CHART_STYLE = `
:root,.paper{--s0:#0167a7;--s1:#bd4d00;--s2:#148e5b;--s3:#b4548d;--s4:#ca8700;--s5:#329ddb;--s6:#5b5b5b;
--prefill:#e69f00;--prefill-line:#8a5a00;--decode:#0072b2;--move:#d55e00;--idle:#8b9199;--free:#f1f1ef}
@media (prefers-color-scheme:dark){:root{--s0:#399cd7;--s1:#f08a4c;--s2:#34ce9c;--s3:#ca87b1;--s4:#f2bb3b;
--s5:#9ad5fc;--s6:#ccd0d8;--prefill:#e9ac2e;--prefill-line:#5c3d00;--decode:#2f7fb5;--move:#f08a4b;
--idle:#8b939c;--free:#20252b}}
@media print{:root{--s0:#0167a7;--s1:#bd4d00;--s2:#148e5b;--s3:#b4548d;--s4:#ca8700;--s5:#329ddb;--s6:#5b5b5b;
--prefill:#e69f00;--prefill-line:#8a5a00;--decode:#0072b2;--move:#d55e00;--idle:#8b9199;--free:#f4f4f2}}
.chart{display:block;width:100%;min-width:860px;height:auto;overflow:visible;font-size:12px;
font-variant-numeric:tabular-nums}
.chart text{fill:var(--ink)}
.tick text,.axis-label,.panel-note{fill:var(--soft);font-size:11px}
.panel-title{font-weight:600;font-size:12.5px}
.value{font-size:11px}
.chart .value{fill:var(--soft)}
.grid{stroke:var(--line)}.rule{stroke:var(--strong-line)}.zero{stroke:var(--ink)}
.series-0{--c:var(--s0)}.series-1{--c:var(--s1)}.series-2{--c:var(--s2)}.series-3{--c:var(--s3)}
.series-4{--c:var(--s4)}.series-5{--c:var(--s5)}.series-6{--c:var(--s6)}
.key-real,.key-simulated,.key-line{stroke:var(--soft);stroke-width:1.6}.key-real{fill:var(--soft)}
.key-simulated{fill:var(--ground)}.key-line{fill:none}.key-simulated-line{stroke-dasharray:4 3;stroke-width:1.4}
.key-band{fill:var(--soft);opacity:.2}
.point{stroke:var(--c);stroke-width:1.6}
.point.real{fill:var(--c)}.point.simulated{fill:var(--ground)}
.point.request{fill:var(--c);fill-opacity:.45;stroke-width:1}
[data-tip]:hover{filter:brightness(1.12)}
.expected{stroke:var(--soft);stroke-width:1.4;fill:none}
.pair{stroke:var(--strong-line);stroke-width:1.5}
.band{fill:var(--soft);opacity:.14}
.identity{stroke:var(--soft);stroke-width:1.2}
.line{fill:none;stroke:var(--c);stroke-width:1.8}
.check.passed{fill:var(--s2)}.check.failed{fill:var(--s1)}
.check.interrupted,.check.skipped{fill:var(--ground);stroke:var(--soft);stroke-width:1.4}
.check.interrupted{stroke-dasharray:4 3}
.pause,.dash{stroke:var(--soft);stroke-width:2.5;fill:none}
.replay .cross{stroke:#fff;stroke-width:3}
.whisker{fill:none;stroke:var(--c);stroke-width:2;opacity:.75}
.load-panels .whisker{stroke-width:1.2;opacity:.5}
.cross{stroke:var(--s1);stroke-width:2.5;fill:none}
.interval{fill:var(--c);opacity:.16}
.line.simulated{stroke-dasharray:4 3;stroke-width:1.4}
.line.stemmed{stroke-dasharray:12 2 2 2}.line.simulated.stemmed{stroke-dasharray:4 3 1 3}
.part.cost-model{fill:var(--s0)}
.part.divergence{stroke:var(--s1);stroke-width:1}
.divergence .hatch-ground{fill:var(--ground)}.divergence .hatch-line{fill:var(--s1)}
.total{stroke:var(--ink);stroke-width:2}
.free{fill:var(--free)}
.span.prefill{fill:url(#hatch-prefill);stroke:var(--prefill-line);stroke-width:.6}
.prefill .hatch-ground{fill:var(--prefill)}.prefill .hatch-line{fill:var(--prefill-line)}
.span.decode{fill:var(--decode);stroke:var(--ground);stroke-width:.6}
.span.idle{fill:var(--idle)}
.span.move{fill:var(--move);stroke:var(--ground);stroke-width:1}
.chart .inside{fill:#fff;font-size:11px;font-weight:600;pointer-events:none}.chart .inside.fine{font-size:8.5px}
.span.merged{fill-opacity:.72}
.span.same{stroke:var(--ink);stroke-width:1.8}
.reader{fill:transparent;cursor:crosshair}
.cursor{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3;visibility:hidden;pointer-events:none}
.pointed .cursor{visibility:visible}
.step-line{fill:none;stroke:var(--c);stroke-width:1.5}
.step-area{fill:var(--c);opacity:.28}
.active{--c:var(--s0)}.rows{--c:var(--s1);stroke-dasharray:4 2}
.waiting{--c:var(--s3)}.reserved{--c:var(--s6)}.used{--c:var(--s2)}
.brush .selection{fill:var(--accent);fill-opacity:.22;stroke:var(--accent)}
.brush .overlay{cursor:crosshair}
@media print{.chart{min-width:0;max-height:15.5cm}}
`;
