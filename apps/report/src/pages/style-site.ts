/** What the pages of a site have beyond a single page: navigation, lists of links, written text. */
export const SITE_STYLE = `
.skip{position:absolute;left:-999px;top:4px;padding:6px 12px;background:var(--ground);z-index:3}
.skip:focus{left:8px}
a{color:var(--accent);text-underline-offset:2px}
a:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
header.site{display:flex;flex-wrap:wrap;align-items:baseline;gap:6px 26px;padding-top:14px;padding-bottom:14px;
border-bottom:1px solid var(--line)}
.site-title{font-weight:700;letter-spacing:-.01em;color:var(--ink);text-decoration:none}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.92rem}
nav a{color:var(--soft);text-decoration:none;padding:2px 0}
nav a:hover{color:var(--accent)}
nav a[aria-current]{color:var(--ink);font-weight:600;border-bottom:2px solid var(--accent)}
main>h1{margin-top:36px}
.links{list-style:none;margin:0;padding:0;display:grid;gap:4px 28px;
grid-template-columns:repeat(auto-fill,minmax(300px,1fr));font-size:.92rem}
.entry{margin-top:56px;padding-top:18px;border-top:1px solid var(--line)}
.entry h2{font-size:1.45rem}
.entry+figure{margin-top:10px}.entry+figure h2{font-size:1rem;color:var(--soft);font-weight:600}
.part{margin-top:56px;padding-top:18px;border-top:1px solid var(--line)}.part h2{font-size:1.45rem}.part+*{margin-top:22px}
.contents{margin:10px 0 14px;font-size:.92rem}.contents summary{cursor:pointer;color:var(--accent);width:max-content}
.contents .links{margin-top:8px}
.files{font-size:.88rem}.files code,.prose code{overflow-wrap:anywhere}
.prose{max-width:66em}
.prose p,.prose li{max-width:62em}
.prose h2{margin-top:0}
.prose pre{padding:10px 14px;background:var(--panel);border:1px solid var(--line);border-radius:6px;
font-size:.84rem;white-space:pre-wrap;overflow-wrap:anywhere}
.code-line{display:block;padding-left:4ch;text-indent:-4ch}
.prose code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
.prose td,.prose th{border-top:1px solid var(--line)}
.prose table{width:auto}.scroll+.scroll,table+table{margin-top:18px}
@media screen and (max-width:700px){.scroll table{width:max-content}.scroll :is(td,th){max-width:16em}}
@media print{header.site nav,.skip,.contents{display:none}a{color:inherit;text-decoration:none}}
`;
