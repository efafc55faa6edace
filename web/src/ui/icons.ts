/** The icon set: 24 grid, 1.75 stroke. One constant an icon, so that a bundle carries only what it draws. */

export const iChat =
  '<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z"/>';
export const iPeople =
  '<circle cx="9" cy="8.5" r="3.25"/><path d="M3.5 19.5c.6-3.2 2.8-5 5.5-5s4.9 1.8 5.5 5M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.2 14.9c1.8.7 3 2.3 3.4 4.6"/>';
export const iPerson =
  '<circle cx="12" cy="8.5" r="3.5"/><path d="M5.5 19.5c.7-3.4 3.2-5.2 6.5-5.2s5.8 1.8 6.5 5.2"/>';
export const iBook =
  '<path d="M12 6.6C10 5 7 4.5 4 5v13.4c3-.5 6 0 8 1.6 2-1.6 5-2.1 8-1.6V5c-3-.5-6 0-8 1.6zM12 6.6V20"/>';
export const iWallet =
  '<path d="M17.5 6H6.5a2.5 2.5 0 0 0 0 5H20v8.5H6.5A2.5 2.5 0 0 1 4 17V8.5M16 15.2h.01"/>';
export const iBoard =
  '<path d="M4.5 17.5a8 8 0 1 1 15 0M12 15.5l3.5-5M12 15.5h.01"/>';
export const iSearch =
  '<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5 20 20"/>';
export const iClock =
  '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>';
export const iCheck =
  '<path d="M5 12.5 9.5 17 19 7.5"/>';
export const iChecks =
  '<path d="M2.5 12.8 6.8 17l8-9.3M11.5 16.4l.6.6L21 7.7"/>';
export const iX =
  '<path d="m6 6 12 12M18 6 6 18"/>';
export const iRight =
  '<path d="m9 5.5 6.5 6.5L9 18.5"/>';
export const iLeft =
  '<path d="M15 5.5 8.5 12l6.5 6.5"/>';
export const iDown =
  '<path d="m5.5 9 6.5 6.5L18.5 9"/>';
export const iSend =
  '<path d="M20 4 4 11.5l6.8 2.7L13.5 21zM10.8 14.2 20 4"/>';
export const iClip =
  '<path d="m18.6 11.4-6.9 6.9a4 4 0 0 1-5.7-5.7l7.3-7.2a2.7 2.7 0 0 1 3.8 3.8L10 16.3a1.3 1.3 0 0 1-1.9-1.9l6.2-6.2"/>';
export const iLock =
  '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>';
export const iShield =
  '<path d="M12 3.5 19 6v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6z"/>';
export const iVerified =
  '<path d="M12 3.5 19 6v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6z"/><path d="m8.8 12 2.3 2.3 4.2-4.6"/>';
export const iWarn =
  '<path d="M12 3.5 19 6v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6zM12 8.3v4.2M12 15.6h.01"/>';
export const iSwap =
  '<path d="M4 8.5h15l-3.5-4M20 15.5H5l3.5 4"/>';
export const iBolt =
  '<path d="M13.5 3.5 5.5 13.5H11l-1 7 8-10h-5.5z"/>';
export const iFlag =
  '<path d="M6 20.5v-16h12l-2.8 4.2L18 13H6"/>';
export const iEye =
  '<path d="M3 12c2.2-4 5.3-6 9-6s6.8 2 9 6c-2.2 4-5.3 6-9 6s-6.8-2-9-6z"/><circle cx="12" cy="12" r="2.6"/>';
export const iDoc =
  '<path d="M6.5 3.5h7L18 8v12.5H6.5zM13.5 3.5V8H18M9.5 12.5h5M9.5 16h5"/>';
export const iFunnel =
  '<path d="M4 5h16l-6.2 7.5V20l-3.6-2v-5.5z"/>';
export const iGear =
  '<path d="M4 7.5h9M17.5 7.5H20M4 16.5h3M11.5 16.5H20"/><circle cx="15.2" cy="7.5" r="2.2"/><circle cx="9.2" cy="16.5" r="2.2"/>';
export const iPlus =
  '<path d="M12 5v14M5 12h14"/>';
export const iMore =
  '<circle cx="5.5" cy="12" r="1.5" fill="currentColor" stroke="none"/><circle cx="12" cy="12" r="1.5" fill="currentColor" stroke="none"/><circle cx="18.5" cy="12" r="1.5" fill="currentColor" stroke="none"/>';
export const iNote =
  '<path d="M5 4.5h14v10l-5 5H5zM14 19.5v-5h5M8.5 9h7M8.5 12.5h4"/>';
export const iQuote =
  '<path d="M4 6h16M4 11h16M4 16h9"/>';
export const iGlobe =
  '<circle cx="12" cy="12" r="8"/><path d="M4 12h16M12 4c2.6 2.4 3.8 5 3.8 8s-1.2 5.6-3.8 8c-2.6-2.4-3.8-5-3.8-8S9.4 6.4 12 4z"/>';
export const iLeave =
  '<path d="M10.5 4.5h-5v15h5M14.5 8l4 4-4 4M18.5 12h-9"/>';
export const iRefresh =
  '<path d="M19 12a7 7 0 1 1-2.1-5M19.5 4v4h-4"/>';
export const iCal =
  '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>';
export const iMail =
  '<rect x="3.5" y="5.5" width="17" height="13.5" rx="2"/><path d="m4 7 8 6 8-6"/>';
export const iProof =
  '<path d="M12 4v5M12 9 6.5 14.5M12 9l5.5 5.5"/><rect x="4" y="14.5" width="5" height="5" rx="1.2"/><rect x="15" y="14.5" width="5" height="5" rx="1.2"/><circle cx="12" cy="4" r=".6"/>';
export const iRec =
  '<circle cx="12" cy="12" r="8"/><circle cx="12" cy="12" r="2.8" fill="currentColor" stroke="none"/>';
export const iBell =
  '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>';
export const iBot =
  '<rect x="4.5" y="8" width="15" height="11" rx="2.5"/><path d="M12 8V4.5M9 13h.01M15 13h.01"/>';
export const iPath =
  '<circle cx="6" cy="6.5" r="2"/><circle cx="18" cy="17.5" r="2"/><path d="M8 6.5h6a3 3 0 0 1 0 6h-4a2.5 2.5 0 0 0 0 5h6"/>';
export const iStar =
  '<path d="m12 4.2 2.3 4.9 5.2.7-3.8 3.7.9 5.3L12 16.2l-4.6 2.6.9-5.3-3.8-3.7 5.2-.7z"/>';
export const iList =
  '<path d="M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01"/>';
export const iId =
  '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><circle cx="9" cy="11" r="2"/><path d="M6 15.8c.5-1.5 1.6-2.3 3-2.3s2.5.8 3 2.3M15 10h2.5M15 13.5h2.5"/>';
export const iPause =
  '<path d="M8.5 5.5v13M15.5 5.5v13"/>';
export const iMin =
  '<path d="M5 12h14"/>';
export const iExt =
  '<path d="M13.5 4.5h6v6M19.5 4.5 11 13M17 14v5.5H4.5V7H10"/>';
export const iImg =
  '<rect x="4" y="5" width="16" height="14" rx="2"/><circle cx="9" cy="10" r="1.5"/><path d="m5 18 5-5 3 3 2.5-2.5L19.5 17"/>';
