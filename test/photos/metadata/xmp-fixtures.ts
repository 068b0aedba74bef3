/** @param rdf - descriptions, with their namespaces */
function packet(rdf: string): string {
  return `<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
${rdf}
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>`;
}

/** What says how large the picture is that a fixture is for. */
export interface FixtureSides {
  readonly width: number;
  readonly height: number;
}

/**
 * A sidecar in the form that digiKam writes: structures as attributes of `rdf:Description` and `rdf:li`, MWG and Microsoft
 * side by side (digiKam's manual, "Metadata settings"; the layout is that of Exiv2's XMP toolkit).
 */
export function digikamSidecar({ width, height }: FixtureSides): string {
  return packet(`  <rdf:Description rdf:about=""
    xmlns:digiKam="http://www.digikam.org/ns/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:MP="http://ns.microsoft.com/photo/1.2/"
    xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
    xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
    digiKam:PickLabel="2">
   <digiKam:TagsList><rdf:Seq><rdf:li>People/Ada Lovelace</rdf:li><rdf:li>Holiday</rdf:li></rdf:Seq></digiKam:TagsList>
   <dc:subject><rdf:Bag><rdf:li>Ada Lovelace</rdf:li><rdf:li>Holiday</rdf:li></rdf:Bag></dc:subject>
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:AppliedToDimensions stDim:w="${width}" stDim:h="${height}" stDim:unit="pixel"/>
    <mwg-rs:RegionList>
     <rdf:Bag>
      <rdf:li>
       <rdf:Description mwg-rs:Name="Ada Lovelace" mwg-rs:Type="Face">
        <mwg-rs:Area stArea:x="0.25" stArea:y="0.3" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/>
       </rdf:Description>
      </rdf:li>
      <rdf:li>
       <rdf:Description mwg-rs:Type="Focus">
        <mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.1" stArea:h="0.1" stArea:unit="normalized"/>
       </rdf:Description>
      </rdf:li>
     </rdf:Bag>
    </mwg-rs:RegionList>
   </mwg-rs:Regions>
   <MP:RegionInfo rdf:parseType="Resource">
    <MPRI:Regions><rdf:Bag>
     <rdf:li MPReg:PersonDisplayName="Ada Lovelace" MPReg:Rectangle="0.2, 0.2, 0.1, 0.2"/>
    </rdf:Bag></MPRI:Regions>
   </MP:RegionInfo>
  </rdf:Description>`);
}

/** As Lightroom Classic writes it (ExifTool forum and `exiftool -xmp -b` of its files): all fields are elements. */
export function lightroomPacket({ width, height }: FixtureSides): string {
  return packet(`  <rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+0.35"/>
  <rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#">
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:AppliedToDimensions rdf:parseType="Resource">
     <stDim:w>${width}</stDim:w><stDim:h>${height}</stDim:h><stDim:unit>pixel</stDim:unit>
    </mwg-rs:AppliedToDimensions>
    <mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource">
     <mwg-rs:Area rdf:parseType="Resource">
      <stArea:h>0.20000</stArea:h><stArea:w>0.10000</stArea:w><stArea:x>0.25000</stArea:x><stArea:y>0.30000</stArea:y>
     </mwg-rs:Area>
     <mwg-rs:Name>Grace Hopper</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Rotation>-0.02</mwg-rs:Rotation>
    </rdf:li></rdf:Bag></mwg-rs:RegionList>
   </mwg-rs:Regions>
  </rdf:Description>`);
}

/** As an iPhone writes it: faces without names, with Apple's own properties in the extensions (ExifTool's tags XMP apple-fi). */
export function applePacket({ width, height }: FixtureSides): string {
  return packet(`  <rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:apple-fi="http://ns.apple.com/faceinfo/1.0/"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#">
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:RegionList><rdf:Seq><rdf:li rdf:parseType="Resource">
     <mwg-rs:Area rdf:parseType="Resource">
      <stArea:x>0.25</stArea:x><stArea:y>0.3</stArea:y><stArea:w>0.1</stArea:w><stArea:h>0.2</stArea:h>
      <stArea:unit>normalized</stArea:unit>
     </mwg-rs:Area>
     <mwg-rs:Type>Face</mwg-rs:Type>
     <mwg-rs:Extensions rdf:parseType="Resource">
      <apple-fi:AngleInfoYaw>0</apple-fi:AngleInfoYaw><apple-fi:AngleInfoRoll>270</apple-fi:AngleInfoRoll>
      <apple-fi:ConfidenceLevel>957</apple-fi:ConfidenceLevel><apple-fi:FaceID>3</apple-fi:FaceID>
     </mwg-rs:Extensions>
    </rdf:li></rdf:Seq></mwg-rs:RegionList>
    <mwg-rs:AppliedToDimensions rdf:parseType="Resource">
     <stDim:h>${height}</stDim:h><stDim:w>${width}</stDim:w><stDim:unit>pixel</stDim:unit>
    </mwg-rs:AppliedToDimensions>
   </mwg-rs:Regions>
  </rdf:Description>`);
}

/** As Windows Photo Gallery writes it (Microsoft, "People Tagging Overview"): the second person has no place. */
export function microsoftPacket(): string {
  return packet(`  <rdf:Description rdf:about="" xmlns:MP="http://ns.microsoft.com/photo/1.2/">
   <MP:RegionInfo><rdf:Description xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#">
    <MPRI:Regions><rdf:Bag xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
     <rdf:li><rdf:Description>
      <MPReg:Rectangle>0.200000, 0.200000, 0.100000, 0.200000</MPReg:Rectangle>
      <MPReg:PersonDisplayName>Alan Turing</MPReg:PersonDisplayName>
     </rdf:Description></rdf:li>
     <rdf:li><rdf:Description><MPReg:PersonDisplayName>Somebody Near</MPReg:PersonDisplayName></rdf:Description></rdf:li>
    </rdf:Bag></MPRI:Regions>
   </rdf:Description></MP:RegionInfo>
  </rdf:Description>`);
}

/** As Picasa 3.9 writes `.picasa.ini`: 16 bits an edge without leading zeros (Buchinger's description, see src). */
export function picasaIni(photo: string): string {
  const [left, top, right, bottom] = [0.2, 0.2, 0.3, 0.4].map((share) =>
    Math.round(share * 65535).toString(16),
  );
  return [
    '[Picasa]',
    'name=Holiday',
    '[Contacts2]',
    'd10a8325c557b085=Katherine Johnson;;',
    `[${photo}]`,
    `faces=rect64(${left}${top}${right}${bottom}),d10a8325c557b085;rect64(a3d0a3d1eb81eb8),ffffffffffffffff`,
    'backuphash=61342',
    '',
  ].join('\r\n');
}
