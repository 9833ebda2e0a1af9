import { chromium } from "@playwright/test";
import { launchOptions } from "./chromium.mjs";
import { serve } from "./server.mjs";
const site = await serve();
const browser = await chromium.launch(launchOptions);
const log=(...a)=>console.log(...a);
async function mk(o={}){const c=await browser.newContext({viewport:{width:1440,height:900},colorScheme:'dark',...o});const p=await c.newPage();p.setDefaultTimeout(8000);p.on('console',m=>{if(['error','warning'].includes(m.type()))log('CONSOLE',m.text())});p.on('pageerror',e=>log('PAGEERR',e.stack));return p}
const go=async(p,h='')=>{await p.goto('about:blank');await p.goto(site.url+h);await p.waitForFunction(()=>!document.querySelector('#loading'),{timeout:20000}).catch(e=>log('LOADFAIL'))}
const id=(p,n)=>p.getByTestId(n);const t=async(p,n)=>{try{return (await id(p,n).first().innerText({timeout:3000})).replace(/\s+/g,' ')}catch(e){return 'ERR '+n}};
const shot=(p,n)=>p.screenshot({path:`/tmp/acc-${n}.png`});
const set=async(p,n,v)=>{await id(p,`setting-${n}`).fill(String(v));await id(p,`setting-${n}`).press('Enter');await p.waitForTimeout(300);return (await p.locator(`#setting-${n.replaceAll('.','\\.')}-problem`).allInnerTexts()).join('|')};
const parts=process.argv.slice(2);
const S={};
S.shots=async()=>{for(const [w,h,th] of [[1440,900,'dark'],[1440,900,'light'],[1920,1080,'dark'],[390,844,'dark'],[390,844,'light'],[720,450,'dark']]){const p=await mk({viewport:{width:w,height:h},colorScheme:th});await go(p);await p.waitForTimeout(2500);await shot(p,`start-${w}-${th}`);if(w==390){await p.screenshot({path:`/tmp/acc-full-${th}.png`,fullPage:true})}log(w,th,'scrollW',await p.evaluate(()=>[document.documentElement.scrollWidth,innerWidth,document.documentElement.scrollHeight]));await p.context().close()}};
S.steps=async()=>{const p=await mk();await go(p);await p.waitForTimeout(1000);log(await p.evaluate(()=>[...document.querySelectorAll('[data-testid]')].map(e=>e.dataset.testid).join(' ')));for(let i=1;i<=8;i++){await p.waitForTimeout(1500);await shot(p,`step${i}`);log(await t(p,'step-number'),await t(p,'step-title'),await t(p,'clock'),await t(p,'play'),await id(p,'play').getAttribute('aria-label'),await t(p,'events'),p.url());if(i<8)await id(p,'next').click()}
 for(let i=0;i<7;i++){await id(p,'back').click();await p.waitForTimeout(500)};log('back',await t(p,'step-number'),await t(p,'clock'));};
for(const s of parts){if(S[s]){log('==',s);await S[s]().catch(e=>log('FAIL',s,e.message.slice(0,400)))}}
export {};
const extra=process.env.EXTRA; if(extra){const f=new Function('mk','go','id','t','shot','set','log','site','browser',`return (async()=>{${extra}})()`);await f(mk,go,id,t,shot,set,log,site,browser).catch(e=>log('FAIL',e.message.slice(0,600)))}
await browser.close();await site.stop();process.exit(0);
