/** Page: colours, text, tables. Dark where the reader's system is; plain in print and on paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark}
:root,.paper{--ground:#fff;--panel:#f7f7f5;--ink:#1c1f23;--soft:#5a6068;--line:#dcdee0;
--strong-line:#9aa0a6;--shade:rgba(0,0,0,.22);--accent:#0a5c96;--bad:#b3261e;--good:#0b6b4a}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--panel:#1d2126;--ink:#e8eaed;--soft:#a9b0b8;
--line:#343a41;--strong-line:#6b737c;--shade:rgba(255,255,255,.25);--accent:#7fc1f0;--bad:#ff9d94;--good:#6fd3ab}}
*{box-sizing:border-box}
html{font-size:16px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;line-height:1.5}
header,main{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:48px;padding-bottom:8px}
.kicker{margin:0 0 .4em;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.1em 0 .2em;font-size:2.3rem;line-height:1.15;letter-spacing:-.02em}
h2{margin:0 0 .3em;font-size:1.25rem;letter-spacing:-.01em}
.question{margin:0;color:var(--soft);font-size:1.1rem}
.headline{margin:1.1rem 0 1rem;padding-left:16px;border-left:4px solid var(--accent);font-size:1.28rem;
line-height:1.45;max-width:62em}
.warning{color:var(--bad);font-weight:600}
.source,.note{margin:.3em 0;color:var(--soft);font-size:.82rem}
.finding{margin:0 0 .8em;font-size:1.05rem;max-width:66em}
section,figure{margin:44px 0 0;padding:0}
figcaption{margin-top:4px}
/* What scrolls sideways has a shadow at the side where it goes on. */
.drawing,.scroll{overflow-x:auto;background:
linear-gradient(to right,var(--ground) 30%,transparent) 0 0/36px 100% no-repeat local,
linear-gradient(to left,var(--ground) 30%,transparent) 100% 0/36px 100% no-repeat local,
linear-gradient(to right,var(--shade),transparent) 0 0/12px 100% no-repeat scroll,
linear-gradient(to left,var(--shade),transparent) 100% 0/12px 100% no-repeat scroll}
.scroll:focus-visible,button:focus-visible,select:focus-visible,summary:focus-visible,[data-tip]:focus-visible{
outline:3px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums;width:100%}
caption{caption-side:bottom;text-align:left;color:var(--soft);font-size:.82rem;padding:8px 0}
th,td{padding:4px 10px;text-align:left;vertical-align:top}
thead th{border-bottom:1px solid var(--strong-line);font-weight:600;vertical-align:bottom}
th[scope=row],th[scope=rowgroup]{font-weight:500;white-space:nowrap}
th[scope=rowgroup]{font-weight:600}
.unit{display:block;color:var(--soft);font-weight:400;font-size:.78rem}
td.number{text-align:right;white-space:nowrap}
.summary{font-size:.82rem}.summary th,.summary td{padding:3px 7px}
.summary thead th:nth-child(n+3){text-align:right}
.summary tr.first>*{border-top:1px solid var(--line);padding-top:8px}
.summary tr.error>*{color:var(--soft);padding-bottom:8px;font-size:.8rem}
.parity td,.parity th{border-top:1px solid var(--line)}
.parity .words{min-width:15em}
td.good{color:var(--good);white-space:nowrap}td.bad{color:var(--bad)}
.data td,.data th{border-top:1px solid var(--line)}
.data-block{margin:.4em 0}
.data-block summary{cursor:pointer;color:var(--accent);width:max-content;font-size:.9rem}
.data-block .scroll{max-height:340px;overflow:auto;margin-top:8px}
button,select{font:inherit;font-size:.88rem;color:var(--ink);background:var(--panel);
border:1px solid var(--strong-line);border-radius:6px;padding:3px 10px}
button{cursor:pointer}
button:hover{border-color:var(--accent)}
.actions{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:baseline;margin:.5em 0 .2em;font-size:.88rem}
.actions button{padding:0;border:0;background:none;color:var(--accent);font-size:1em;text-decoration:underline;text-underline-offset:2px}
.paper{position:absolute;left:-9999px;width:1040px}
.controls{display:flex;flex-wrap:wrap;gap:10px 18px;align-items:center;margin-bottom:6px;font-size:.9rem}
[hidden]{display:none!important}
.shapes{position:absolute;width:0;height:0}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:10px 32px;margin:0;font-size:.9rem}
dl>.long{grid-column:1/-1}
dt{color:var(--soft);font-size:.8rem}dd{margin:0;overflow-wrap:anywhere}
main{padding-bottom:72px}
#tip{position:fixed;z-index:2;max-width:340px;padding:6px 10px;border-radius:6px;pointer-events:none;
background:var(--ink);color:var(--ground);font-size:.82rem;line-height:1.35}
@media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#ccc;
--strong-line:#777;--accent:#0a5c96;--bad:#b3261e;--good:#0b6b4a}
@page{margin:14mm}html{font-size:13px}
header,main{padding:0}.controls,.actions,.data-block,details:not([open]),#tip,#run-overview{display:none}
figure,section{margin-top:28px}figure,tr,dl>div{break-inside:avoid}h1,h2,h3,.part,.entry,.finding{break-after:avoid}
.drawing,.scroll{overflow:visible;background:none}
table,.summary,.summary tr.error>*,.unit{font-size:.68rem}
.summary th,.summary td,th,td{padding:2px 4px}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
