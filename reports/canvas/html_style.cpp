#include <reports/canvas/html_style.h>

namespace assay::reports {

std::string_view html_style() {
  return R"css(
:root{color-scheme:light dark;--paper:#fcfcfa;--card:#fff;--ink:#1c2024;--soft:#5c646e;
--line:#dfe1de;--rule:#ecedea;--good:#1a7a4c;--bad:#b3372f;--maybe:#8a6412;--calm:#5c646e;
--s0:#6b7280;--s1:#0b6fb8;--s2:#d1540a;--s3:#12836b;--s4:#8f4fb0;--s5:#a07800}
@media(prefers-color-scheme:dark){:root{--paper:#15181b;--card:#1c2024;--ink:#e8eaed;
--soft:#a0a8b2;--line:#343a41;--rule:#282d33;--good:#5fc592;--bad:#f0877f;--maybe:#dcb45c;
--calm:#a0a8b2;--s0:#a3abb6;--s1:#58aef0;--s2:#f58f4f;--s3:#4cc3a5;--s4:#c596e0;--s5:#d8b13c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ui-sans-serif,system-ui,
-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;
font-variant-numeric:tabular-nums}
main,header,footer{max-width:68rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:3rem}
h1{font-size:clamp(1.6rem,4.5vw,2.3rem);line-height:1.15;letter-spacing:-.02em;font-weight:650;
margin:.2rem 0 .9rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.25;letter-spacing:-.01em;font-weight:650;margin:3.2rem 0 .5rem}
h3{font-size:1rem;font-weight:650;margin:2rem 0 .4rem}
p{margin:.4rem 0;max-width:46rem}
.eyebrow,.note,figcaption,.legend,footer{color:var(--soft);font-size:.875rem}
.eyebrow{margin:0}
.headline{font-size:clamp(1.1rem,2.6vw,1.35rem);line-height:1.45;max-width:48rem;margin:0 0 1.1rem}
.badge,.verdict{white-space:nowrap;font-weight:600}
.badge{display:inline-block;padding:.15rem .7rem;border-radius:1rem;border:1.5px solid;
margin-right:.6rem}
.better,.pass{color:var(--good)}
.worse,.fail,.error,.crash,.timeout,.oom,.pending,.INVALID{color:var(--bad)}
.inconclusive{color:var(--maybe)}
.same,.not-judged,.skipped{color:var(--calm)}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:.8rem;
margin:1.8rem 0 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:.8rem 1rem .9rem}
.cards .name,.cards .detail{display:block;color:var(--soft);font-size:.8125rem;line-height:1.4}
.cards .value{display:block;font-size:1.3rem;font-weight:650;letter-spacing:-.01em;line-height:1.3}
.cards .verdict{font-size:.8125rem}
.scroll{overflow-x:auto;margin:.8rem 0}
.scroll:focus-visible{outline:2px solid var(--s1)}
table{border-collapse:collapse;font-size:.9rem;line-height:1.4;width:100%}
th,td{padding:.36rem .7rem .36rem 0;text-align:left;vertical-align:baseline;
border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:550;font-size:.8125rem;border-bottom:1px solid var(--line);
white-space:nowrap}
tbody th{font-weight:450}
.number{text-align:right;white-space:nowrap}
th.number+th:not(.number),td.number+td:not(.number){padding-left:.9rem}
.nowrap{white-space:nowrap}
.matrix td,.matrix thead th+th{text-align:center}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));
gap:2rem 2.4rem;margin-top:1rem;align-items:start}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(46%,13.5rem),1fr));
gap:1rem 1.4rem;margin-top:1.2rem}
figure{margin:0;break-inside:avoid}
.wide{margin-top:2rem}
figure h3{margin:0 0 .3rem}
.small h3{font-size:.8125rem;font-weight:550;color:var(--soft);margin:0;overflow-wrap:anywhere}
figcaption{font-size:.8125rem;line-height:1.45;margin-top:.35rem;max-width:46rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:13px;fill:var(--ink)}
svg .tick{fill:var(--soft);font-size:12px}
svg .label,svg .value{font-weight:550}
svg .value{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.wide svg text,.wide svg .tick{font-size:10.5px}
.grid,.axis{stroke:var(--rule);stroke-width:1;fill:none}
.axis{stroke:var(--soft)}
.s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}
.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}
.area{fill:var(--c);fill-opacity:.28;stroke:var(--c);stroke-width:1}
.median{stroke:var(--c);stroke-width:2.5;fill:none}
.mark{stroke:var(--c);stroke-width:1.5;fill:none}
.curve{stroke:var(--c);stroke-width:1.6;fill:none;stroke-linejoin:round}
.curve.s0{stroke-dasharray:5 3}
.curve.s3{stroke-dasharray:7 2}
.curve.s4{stroke-dasharray:2 2}
.bar{fill:var(--c)}.bar.light{fill-opacity:.35}
.point{fill:var(--c);stroke:var(--c);stroke-width:2}
.point.hollow{fill:var(--paper)}
.band{fill:var(--rule)}
.whisker{stroke:var(--ink);stroke-width:2;fill:none}
.estimate{fill:var(--ink)}
.front{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:4 4;fill:none}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;margin:.6rem 0 0;padding:0;list-style:none}
.legend svg{display:inline-block;width:1.7rem;height:.8rem;margin-right:.45rem}
details{margin:.9rem 0}
summary{cursor:pointer;color:var(--soft);font-size:.9rem}
summary:hover{color:var(--ink)}
dl{display:grid;grid-template-columns:minmax(7rem,14rem) 1fr;gap:.15rem 1.2rem;font-size:.875rem;
margin:.6rem 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
footer{padding-top:3rem;padding-bottom:3rem}
@media(max-width:640px){
main,header,footer{padding-left:1.1rem;padding-right:1.1rem}
header{padding-top:1.6rem}
h2{margin-top:2.4rem}
.cards{grid-template-columns:1fr 1fr;gap:.6rem}
.cards li{padding:.65rem .75rem}
.cards .value{font-size:1.1rem}
dl{grid-template-columns:1fr}
dd{margin-bottom:.35rem}
svg text,svg .tick{font-size:15px}
.wide svg text,.wide svg .tick{font-size:22px}
.small svg text,.small svg .tick{font-size:18px}
.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.stack,.stack tbody{display:block}
.stack tr{display:grid;grid-template-columns:1fr 1fr 1fr;padding:.55rem 0;
border-bottom:1px solid var(--rule)}
.stack th,.stack td{display:block;border:0;padding:0;text-align:left}
.stack th{grid-column:1/3;font-weight:600}
.stack td.verdict{grid-column:3;grid-row:1;text-align:right}
.stack td.number+td:not(.number){padding-left:0}
.stack td.interval{grid-column:1/4;color:var(--soft);font-size:.8125rem}
.stack td[data-label]:not(.verdict)::before{content:attr(data-label);display:block;
color:var(--soft);font-size:.75rem;line-height:1.25}
.stack td.interval::before{display:inline!important;margin-right:.5rem}
}
@media print{
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--rule:#ddd;
--good:#1a7a4c;--bad:#b3372f;--maybe:#8a6412;--calm:#444;--s0:#6b7280;--s1:#0b6fb8;--s2:#d1540a;
--s3:#12836b;--s4:#8f4fb0;--s5:#a07800}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main,header,footer{max-width:none;padding:0}
h2,h3{break-after:avoid}
tr,.cards li{break-inside:avoid}
.scroll{overflow:visible}
details::details-content{content-visibility:visible;display:block;height:auto}
}
)css";
}

}  // namespace assay::reports
